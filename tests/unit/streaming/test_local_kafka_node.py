"""A node's settings, ports and files."""

from pathlib import Path

import pytest

from infrastructure.streaming.kafka import ports
from infrastructure.streaming.kafka.node import NodeFiles, Ports, new_cluster_id, settings


def test_a_port_is_not_one_that_the_kernel_gives_to_clients(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = tmp_path / "range"
    said.write_text("20000\t60999\n")
    monkeypatch.setattr(ports, "KERNEL_SAYS", said)
    chosen = ports.free_ports(50)
    assert len(set(chosen)) == 50
    assert all(ports.LOWEST <= port < 20_000 for port in chosen)
    assert chosen != ports.free_ports(50)


def test_where_the_kernel_gives_out_nearly_all_ports_a_broker_still_gets_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = tmp_path / "range"
    said.write_text("1024\t65535\n")
    monkeypatch.setattr(ports, "KERNEL_SAYS", said)
    assert ports.LOWEST <= ports.free_ports(1)[0] < 32_768
    monkeypatch.setattr(ports, "KERNEL_SAYS", tmp_path / "absent")
    assert ports.LOWEST <= ports.free_ports(1)[0] < 32_768


def test_ports_are_remembered(tmp_path: Path) -> None:
    files = NodeFiles(tmp_path)
    assert files.remembered() is None
    files.remember(Ports(client=20_001, controller=20_002))
    assert files.remembered() == Ports(client=20_001, controller=20_002)
    (tmp_path / "ports").write_text("20001")
    assert files.remembered() is None


def test_a_format_that_broke_off_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "data.new").mkdir()
    (tmp_path / "data.new" / "meta.properties").write_text("version=1\n")
    assert not NodeFiles(tmp_path).discard_unfinished().exists()


def test_settings_are_written_as_kafka_reads_them(tmp_path: Path) -> None:
    values = settings(Ports(client=20_001, controller=20_002), tmp_path / "a\\b")
    lines = NodeFiles(tmp_path).write_settings(values).read_text().splitlines()
    assert f"log.dirs={tmp_path}/a\\\\b" in lines
    assert "advertised.listeners=PLAINTEXT://127.0.0.1:20001" in lines
    assert "auto.create.topics.enable=false" in lines


def test_a_cluster_id_is_never_taken_for_an_option() -> None:
    ids = {new_cluster_id() for _ in range(500)}
    assert len(ids) == 500
    assert {len(each) for each in ids} == {22}
    assert not any(each.startswith("-") for each in ids)


def test_the_log_is_told_from_where_a_start_began(tmp_path: Path) -> None:
    files = NodeFiles(tmp_path)
    assert files.log_size() == 0
    files.log.write_text("before\n")
    since = files.log_size()
    with files.log.open("a") as log:
        log.writelines(f"line {number}\n" for number in range(20))
    assert files.said(since=since).splitlines()[0] == "line 5"
    assert files.said(since=since, lines=100).splitlines()[0] == "line 0"
