"""`till relay` and `till topics` as processes: what they say, what they refuse, and how they end."""

import math
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from infrastructure.metrics import DIRECTORY
from infrastructure.streaming.exposition import expose
from infrastructure.supervision.listening import AddressUnavailable
from tests.support.arrivals import arrived
from tests.support.faust_system import TillProcess
from tests.support.relays import assert_nothing_lost, expected, fill, make_topics, saved
from tests.support.system import eventually

Till = Callable[..., TillProcess]


@pytest.fixture
def till(database: str, broker: str, topic_prefix: str, tmp_path: Path) -> Till:
    """Makes a process with the settings of this test."""

    def make(*arguments: str, **settings: str) -> TillProcess:
        environment = {"DATABASE_URL": database, "KAFKA_BOOTSTRAP_SERVERS": broker, "KAFKA_TOPIC_PREFIX": topic_prefix}
        return TillProcess(tmp_path / "-".join(arguments), arguments, environment | settings)

    return make


def said(process: TillProcess) -> tuple[int, str]:
    """Its exit code and everything it said."""
    with process:
        code = process.ended()
    return code, " ".join(process.log.read_text().split())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as there:
        return int(there.getsockname()[1])


def scraped(port: int) -> dict[str, float]:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = [line for line in answer.read().decode().splitlines() if line.startswith("till_relay")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_topics_are_made_and_shown(till: Till, topic_prefix: str) -> None:
    code, text = said(till("topics"))
    assert code == 0
    assert f"{topic_prefix}.orders │ 8 │ 1 │ 7 days │ created" in text
    code, text = said(till("topics", KAFKA_RETENTION="0"))
    assert f"{topic_prefix}.orders │ 8 │ 1 │ for ever │ altered" in text


def test_other_partitions_are_refused_with_what_to_do(
    till: Till, database: str, broker: str, topic_prefix: str
) -> None:
    make_topics(broker, topic_prefix)
    code, text = said(till("topics", "--partitions", "16"))
    assert code == 1
    assert f"{topic_prefix}.catalogue has 8, " in text
    assert "events of one key would come in two of them" in text
    assert "5. till topics --partitions N" in text
    code, text = said(till("topics", "--partitions", "16", KAFKA_TOPIC_PREFIX=f"{topic_prefix}-new"))
    assert (code, '"former": 8' in text, "│ 16 │" in text) == (0, True, True)
    with psycopg.connect(database) as conn:
        assert conn.execute("SELECT value FROM till.setting WHERE name = 'partitions'").fetchone() == ("16",)


def test_what_is_not_drained_is_told(till: Till, database: str, topic_prefix: str) -> None:
    fill(database, 10)
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE till.relay SET position = 4")
    code, text = said(till("topics", "--partitions", "16"))
    assert code == 1
    assert "- the relay has sent up to 4 of 10 Nothing was changed." in text
    assert "1. Stop what writes" in text


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"KAFKA_BOOTSTRAP_SERVERS": ""}, "KAFKA_BOOTSTRAP_SERVERS is not set"),
        ({}, "topics are missing"),
    ],
)
def test_a_relay_that_could_not_work_is_refused(till: Till, settings: dict[str, str], reason: str) -> None:
    code, text = said(till("relay", **settings))
    assert code == 1
    assert text.startswith(f"till relay: {reason}")


def test_a_relay_sends_tells_its_figures_and_ends_when_told_to(
    till: Till, database: str, broker: str, topic_prefix: str
) -> None:
    make_topics(broker, topic_prefix)
    head, port = fill(database, 700), free_port()
    with till("relay", "--metrics-port", str(port)) as process:
        eventually("the relay at the head", lambda: saved(database)[0] == head)
        figures = scraped(port)
        assert process.end(signal.SIGTERM) == 0
    wanted = expected(database, topic_prefix)
    assert_nothing_lost(arrived(broker, topic_prefix), wanted)
    assert (figures["till_relay_position"], figures["till_relay_lag"], figures["till_relay_leading"]) == (head, 0, 1)
    orders = sum(len(sent) for (topic, _), sent in wanted.items() if topic == f"{topic_prefix}.orders")
    assert figures[f'till_relay_messages_total{{topic="{topic_prefix}.orders"}}'] == orders


def test_a_relay_that_stands_by_tells_no_position_and_ends_when_told_to(
    till: Till, database: str, broker: str, topic_prefix: str
) -> None:
    make_topics(broker, topic_prefix)
    port = free_port()
    with till("relay") as first:
        first.says("leading")
        with till("relay", "--metrics-port", str(port)) as second:
            figures = eventually("its figures", lambda: _figures(port))
            assert second.end(signal.SIGTERM) == 0
    assert figures["till_relay_leading"] == 0
    assert math.isnan(figures["till_relay_position"])


def _figures(port: int) -> dict[str, float] | None:
    try:
        return scraped(port)
    except OSError:
        return None


def test_a_port_that_is_taken_is_told() -> None:
    with (
        socket.create_server(("0.0.0.0", 0)) as taken,
        pytest.raises(AddressUnavailable, match=r"metrics cannot be served on port \d+: Address already in use"),
        expose(taken.getsockname()[1]),
    ):
        pass


def test_metrics_are_served_for_the_length_of_the_block() -> None:
    port = free_port()
    with expose(port):
        assert "till_relay_position" in scraped(port)
    with expose(port):
        assert "till_relay_position" in scraped(port)
    with expose(None):
        assert _figures(port) is None


def test_a_process_that_shares_its_metrics_shows_what_all_of_them_tell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(DIRECTORY, str(tmp_path))
    port = free_port()
    with expose(port):
        assert scraped(port) == {}
