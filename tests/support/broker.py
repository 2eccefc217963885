"""A broker for the tests: the one that the environment names, else Docker's, else one of our own."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient

from infrastructure.streaming.kafka import jars, tools
from infrastructure.streaming.kafka.serving import serving_cluster
from infrastructure.streaming.local_kafka import LocalKafka
from tests.support import kafka_container
from tests.support.system import eventually

NAMED = "KAFKA_BOOTSTRAP_SERVERS"
SESSION = f"test-{uuid4().hex[:12]}"
"""What the topics of this session begin with, so that nobody else's on a shared broker are touched."""
ANSWER_SECONDS = 60.0


class NoBroker(Exception):
    """There is no way to a broker; the message gives the reason for each."""


@dataclass(frozen=True)
class Source:
    """One way to a broker. `hindrance` is the reason why it is closed, or None."""

    hindrance: Callable[[], str | None]
    opened: Callable[[Path], AbstractContextManager[str]]


def sources(environment: Mapping[str, str]) -> Sequence[Source]:
    """In the order in which they are tried."""
    servers = environment.get(NAMED, "").strip()
    return (
        Source(lambda: None if servers else f"{NAMED} is not set", lambda _: named(servers)),
        Source(kafka_container.hindrance, lambda _: contained()),
        Source(local_hindrance, local),
    )


def first_open(among: Sequence[Source]) -> Source:
    """Raises NoBroker."""
    reasons = []
    for source in among:
        reason = source.hindrance()
        if reason is None:
            return source
        reasons.append(reason)
    raise NoBroker("no Kafka to test with: " + "; ".join(reasons))


@contextmanager
def running_broker(folder: Path, *, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Its bootstrap servers, for the length of the block. Raises NoBroker."""
    with first_open(sources(environment)).opened(folder) as bootstrap:
        yield bootstrap


def leave_out(reason: str, *, environment: Mapping[str, str] = os.environ) -> NoReturn:
    """A test that cannot run is skipped, and fails in CI, where everything has to run."""
    if environment.get("CI", "").lower() in {"", "0", "false", "no"}:
        pytest.skip(reason)
    pytest.fail(f"in CI this has to run: {reason}", pytrace=False)


@contextmanager
def named(servers: str) -> Iterator[str]:
    """Somebody's broker: our topics are taken away from it again."""
    with closing(KafkaAdminClient(bootstrap_servers=servers.split(","), bootstrap_timeout_ms=10_000)) as admin:
        yield servers
        ours = [topic for topic in admin.list_topics() if topic.startswith(SESSION)]
        if ours:
            admin.delete_topics(ours)


@contextmanager
def contained() -> Iterator[str]:
    """By Docker."""
    with kafka_container.KafkaContainer() as container:
        bootstrap = container.bootstrap
        eventually("Kafka in Docker", lambda: serving_cluster(bootstrap), seconds=ANSWER_SECONDS)
        yield bootstrap


def local_hindrance() -> str | None:
    """Why this machine runs no broker of our own; fetches Kafka where it was not fetched yet."""
    try:
        tools.java()
        jars.fetched(jars.default_cache(), say=print)
    except tools.LocalKafkaUnavailable as unavailable:
        return str(unavailable)
    return None


@contextmanager
def local(folder: Path) -> Iterator[str]:
    """By Java."""
    with LocalKafka(folder) as kafka:
        yield kafka.bootstrap


@contextmanager
def own_kafka(folder: Path) -> Iterator[LocalKafka]:
    """One to stop, kill and freeze. Raises NoBroker."""
    reason = local_hindrance()
    if reason is not None:
        raise NoBroker(reason)
    with LocalKafka(folder) as kafka:
        yield kafka
