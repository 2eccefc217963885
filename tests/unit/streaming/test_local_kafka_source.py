"""Where the tests' broker comes from, and what becomes of a test that gets none."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from _pytest.outcomes import Failed, Skipped

from tests.support import broker, kafka_container
from tests.support.broker import NoBroker, Source, first_open, leave_out, sources


@contextmanager
def nothing(_: Path) -> Iterator[str]:
    yield ""


def source(hindrance: str | None) -> Source:
    return Source(lambda: hindrance, nothing)


def hindered(monkeypatch: pytest.MonkeyPatch, *, docker: str | None, java: str | None) -> None:
    monkeypatch.setattr(kafka_container, "hindrance", lambda: docker)
    monkeypatch.setattr(broker, "local_hindrance", lambda: java)


@pytest.mark.parametrize(
    ("servers", "docker", "java", "chosen"),
    [
        ("kafka:9092", None, None, 0),
        ("kafka:9092", "no engine", "no java", 0),
        ("", None, None, 1),
        (" ", "no engine", None, 2),
    ],
)
def test_what_is_named_comes_before_docker_and_docker_before_our_own(
    monkeypatch: pytest.MonkeyPatch, servers: str, docker: str | None, java: str | None, chosen: int
) -> None:
    hindered(monkeypatch, docker=docker, java=java)
    among = sources({"KAFKA_BOOTSTRAP_SERVERS": servers})
    assert first_open(among) is among[chosen]


def test_where_there_is_none_every_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    hindered(monkeypatch, docker="no Docker engine answers", java="there is no Java")
    with pytest.raises(NoBroker, match="KAFKA_BOOTSTRAP_SERVERS is not set; no Docker engine answers; there is no J"):
        first_open(sources({}))


def test_a_way_that_is_not_needed_is_not_looked_at() -> None:
    def look() -> str:
        raise AssertionError("looked")

    first = source(None)
    assert first_open([source("closed"), first, Source(look, nothing)]) is first


@pytest.mark.parametrize("environment", [{}, {"CI": ""}, {"CI": "false"}])
def test_a_test_without_a_broker_is_skipped_with_the_reason(environment: dict[str, str]) -> None:
    with pytest.raises(Skipped, match="no Java"):
        leave_out("no Java", environment=environment)


@pytest.mark.parametrize("environment", [{"CI": "true"}, {"CI": "1"}])
def test_in_ci_it_fails_with_the_reason(environment: dict[str, str]) -> None:
    with pytest.raises((Failed, Skipped), match="no Java") as outcome:
        leave_out("no Java", environment=environment)
    assert outcome.type is Failed


def test_the_container_gets_the_settings_of_a_local_node() -> None:
    environment = kafka_container.environment()
    assert environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert environment["KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR"] == "1"
    assert environment["KAFKA_LISTENERS"] == "PLAINTEXT://:9092,BROKER://:9093,CONTROLLER://:9094"


@pytest.mark.parametrize(
    ("fails", "reason"),
    [
        ({"version"}, "no Docker engine answers"),
        ({"image", "pull"}, f"Docker could not pull {kafka_container.IMAGE}: not there"),
        ({"image"}, None),
        (set(), None),
    ],
)
def test_docker_is_a_way_where_its_engine_answers_and_has_the_image(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fails: set[str], reason: str | None
) -> None:
    docker = tmp_path / "docker"
    docker.write_text(f'#!/bin/sh\ncase "$1" in {"|".join(fails) or "-"}) echo "not there" >&2; exit 1;; esac\n')
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert kafka_container.hindrance() == reason
