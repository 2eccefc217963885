"""The embedded server: made once, shared, durable, recovered after a crash, stopped by whoever leaves last."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from infrastructure.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresFailed


def value(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.conninfo(), autocommit=True, connect_timeout=5) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def put(server: EmbeddedPostgres, statement: str) -> None:
    with psycopg.connect(server.conninfo(), autocommit=True, connect_timeout=5) as connection:
        connection.execute(statement)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path / "postgres") as running:
        yield running


@pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "full_page_writes"])
def test_durability_is_never_traded_for_speed(server: EmbeddedPostgres, name: str) -> None:
    assert value(server, f"SHOW {name}") == "on"


def test_the_server_listens_on_no_network_and_its_socket_is_closed_to_others(server: EmbeddedPostgres) -> None:
    assert value(server, "SHOW listen_addresses") == ""
    assert server.files.sockets().stat().st_mode & 0o077 == 0


def test_the_last_to_leave_stops_it(tmp_path: Path) -> None:
    first, second = EmbeddedPostgres(tmp_path / "postgres"), EmbeddedPostgres(tmp_path / "postgres")
    first.start()
    second.start()
    first.release()
    assert value(second, "SELECT 1") == 1
    second.release()
    assert not second.files.running()
    second.release()


def test_data_outlives_a_restart(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "postgres") as server:
        put(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    with EmbeddedPostgres(tmp_path / "postgres") as server:
        assert value(server, "SELECT answer FROM kept") == 42


def test_a_killed_server_is_recovered_with_what_was_committed(tmp_path: Path) -> None:
    crashed = EmbeddedPostgres(tmp_path / "postgres")
    crashed.start()
    put(crashed, "CREATE TABLE kept AS SELECT 42 AS answer")
    kill_postmaster(crashed)
    with EmbeddedPostgres(tmp_path / "postgres") as server:
        assert value(server, "SELECT answer FROM kept") == 42
    crashed.release()


def test_a_process_id_left_by_a_crash_that_is_somebody_elses_now_does_not_matter(tmp_path: Path) -> None:
    crashed = EmbeddedPostgres(tmp_path / "postgres")
    crashed.start()
    kill_postmaster(crashed)
    pid_file = crashed.files.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(psutil.Process().pid), *lines[1:]]) + "\n")
    with EmbeddedPostgres(tmp_path / "postgres") as server:
        assert value(server, "SELECT 1") == 1
    crashed.release()


def test_a_first_start_that_broke_off_is_done_again(tmp_path: Path) -> None:
    half_made = tmp_path / "postgres" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path / "postgres") as server:
        assert value(server, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_is_no_hindrance(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / ("long" * 20) / ("path with spaces" * 5)) as server:
        assert value(server, "SELECT 1") == 1
        assert not server.files.sockets().is_relative_to(tmp_path)


def test_data_of_another_version_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedPostgresFailed, match="holds PostgreSQL 9 data"):
        EmbeddedPostgres(tmp_path / "postgres").start()


def kill_postmaster(server: EmbeddedPostgres) -> None:
    pid = server.files.postmaster()
    assert pid is not None
    process = psutil.Process(pid)
    process.send_signal(signal.SIGKILL)
    psutil.wait_procs([process], timeout=10)


def test_a_killed_server_is_revived_once(server: EmbeddedPostgres) -> None:
    put(server, "CREATE TABLE kept AS SELECT 7 AS number")
    pid = server.files.postmaster()
    assert pid is not None
    psutil.Process(pid).kill()
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=10)
    assert server.revive()
    assert value(server, "SELECT number FROM kept") == 7
    assert not server.revive()
