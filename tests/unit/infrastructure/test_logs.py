"""Logs are one JSON object per line, whoever logs, with the request's correlation id."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from infrastructure.logs import SILENCE, Repeats, configure_logs
from infrastructure.settings import Settings, load


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    environment = {"TILL_HOME": str(tmp_path), "LOG_FORMAT": "json", "LOG_LEVEL": "info"}
    return load(environment, directory=tmp_path).settings


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_our_own_and_foreign_lines_look_alike(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(settings, process="worker")
    structlog.contextvars.bind_contextvars(correlation_id="c-1")
    structlog.get_logger("till.loop").info("batch-committed", commands=64, position=7)
    logging.getLogger("library").warning("something odd")
    ours, theirs = map(json.loads, capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["commands"], ours["position"]) == ("batch-committed", 64, 7)
    assert (theirs["event"], theirs["level"]) == ("something odd", "warning")
    assert {line["process"] for line in (ours, theirs)} == {"worker"}
    assert {line["correlation_id"] for line in (ours, theirs)} == {"c-1"}


def test_what_is_below_the_level_is_not_logged(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(settings, process="api")
    structlog.get_logger("till").debug("detail")
    logging.getLogger("uvicorn.access").info("GET /")
    assert capsys.readouterr().err == ""


def test_a_client_without_a_broker_is_heard_now_and_then(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(settings, process="project")
    moment = [0.0]
    (handler,) = logging.getLogger().handlers
    handler.filters = [Repeats(lambda: moment[0])]
    for _ in range(40):
        logging.getLogger("aiokafka").error("Unable connect to node with id %s", 1)
        logging.getLogger("ours").error("again")
        moment[0] += SILENCE / 20
    said = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert said.count("again") == 40
    assert [words for words in said if words != "again"] == [
        "Unable connect to node with id 1",
        "Unable connect to node with id 1 (19 more since)",
    ]
