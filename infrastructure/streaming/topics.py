"""The topics of all families: as many partitions as a family has slots, and what else our events rely on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, NoError, TopicAlreadyExistsError

from domain.shared.category import Family
from infrastructure.streaming.clients import BrokersUnreachable, connected
from infrastructure.streaming.message import topic_of
from infrastructure.streaming.sending import LARGEST_REQUEST

ANSWER = 10.0
"""Seconds that brokers have for each request."""
RETENTION = "retention.ms"
FOR_EVER = "-1"


class TopicsUnfit(Exception):
    """Topics that events cannot be sent to; the message says why, and what to do."""


class OtherPartitions(TopicsUnfit):
    """Topics with another number of partitions than a family has slots."""


class State(StrEnum):
    CREATED = "created"
    THERE = "there"
    ALTERED = "altered"


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One topic as it is in the cluster."""

    name: str
    partitions: int
    replication: int
    retention: timedelta | None
    """None is for ever."""
    state: State


def topic_names(prefix: str) -> list[str]:
    return [topic_of(family, prefix=prefix) for family in Family]


def check_topics(servers: Sequence[str], *, prefix: str, partitions: int) -> None:
    """Raises TopicsUnfit where a topic is missing, OtherPartitions, and BrokersUnreachable."""
    missing = refuse_other_partitions(servers, prefix=prefix, partitions=partitions)
    if missing:
        raise TopicsUnfit(f"topics are missing: {', '.join(sorted(missing))}; `till topics` makes them")


def refuse_other_partitions(servers: Sequence[str], *, prefix: str, partitions: int) -> list[str]:
    """The names of those that are missing. Raises OtherPartitions and BrokersUnreachable."""
    names = topic_names(prefix)
    with _administration(servers) as admin:
        found = _partitions(admin, names)
    _refuse_other_counts(found, partitions)
    return [name for name in names if name not in found]


def ensure_topics(
    servers: Sequence[str], *, prefix: str, partitions: int, replication: int, retention: timedelta
) -> list[Topic]:
    """Create what is missing, and bring the settings of what is there in line. Any number may call it at once.

    Raises OtherPartitions, having changed nothing; TopicsUnfit for what the brokers refuse; and BrokersUnreachable.
    """
    names = topic_names(prefix)
    with _administration(servers) as admin:
        before = _partitions(admin, names)
        _refuse_other_counts(before, partitions)
        missing = [name for name in names if name not in before]
        created = _create(admin, missing, partitions=partitions, replication=replication, retention=retention)
        altered = _align(admin, before, retention)
    states = dict.fromkeys(altered, State.ALTERED) | dict.fromkeys(created, State.CREATED)
    return [
        Topic(
            name=name,
            partitions=partitions,
            replication=_replication(before[name]) if name in before else replication,
            retention=retention or None,
            state=states.get(name, State.THERE),
        )
        for name in names
    ]


@contextmanager
def _administration(servers: Sequence[str]) -> Iterator[Any]:
    """A client for the length of the block; what the brokers fail to do for it is BrokersUnreachable."""
    limit = int(ANSWER * 1000)
    with closing(connected(KafkaAdminClient, servers, within=ANSWER, request_timeout_ms=limit)) as admin:
        try:
            yield admin
        except KafkaError as error:
            raise BrokersUnreachable(f"the brokers at {', '.join(servers)} failed: {error}") from error


def _partitions(admin: Any, names: Sequence[str]) -> dict[str, list[list[int]]]:
    """The nodes that hold each partition, of the topics that exist."""
    return {
        topic["name"]: [partition["replica_nodes"] for partition in topic["partitions"]]
        for topic in admin.describe_topics(list(names))
        if topic["error_code"] == 0
    }


def _replication(nodes: Sequence[Sequence[int]]) -> int:
    """Copies that every partition has."""
    return min(map(len, nodes))


def _refuse_other_counts(found: Mapping[str, Sequence[object]], partitions: int) -> None:
    others = {name: len(there) for name, there in sorted(found.items()) if len(there) != partitions}
    if others:
        counted = ", ".join(f"{name} has {count}" for name, count in others.items())
        raise OtherPartitions(
            f"{counted} partitions, but a family's events queue up in {partitions} slots. A slot is a partition: with"
            " another number, events of one key would come in two of them, and be applied in any order"
        )


def _create(admin: Any, names: Sequence[str], *, partitions: int, replication: int, retention: timedelta) -> list[str]:
    """The names of those that were not there, and that nobody else made meanwhile."""
    if not names:
        return []
    wanted = {
        "num_partitions": partitions,
        "replication_factor": replication,
        "configs": _configs(replication, retention),
    }
    results = admin.create_topics(dict.fromkeys(names, wanted), raise_errors=False)["topics"]
    for result in results:
        if result["error_code"] not in {NoError.errno, TopicAlreadyExistsError.errno}:
            raise TopicsUnfit(f"{result['name']} cannot be made: {result['error_message']}")
    admin.wait_for_topics(list(names))
    return [result["name"] for result in results if result["error_code"] == NoError.errno]


def _configs(replication: int, retention: timedelta) -> dict[str, str]:
    return {
        "cleanup.policy": "delete",
        RETENTION: str(retention // timedelta(milliseconds=1)) if retention else FOR_EVER,
        "max.message.bytes": str(LARGEST_REQUEST),
        "min.insync.replicas": str(max(1, replication - 1)),
        # Kept from its arrival on: neither an old log sent late nor a relay's wrong clock has it deleted or refused.
        "message.timestamp.type": "LogAppendTime",
    }


def _align(admin: Any, there: Mapping[str, Sequence[Sequence[int]]], retention: timedelta) -> list[str]:
    """The names of those that were not as they should be. What takes longest to change, their copies, stays."""
    if not there:
        return []
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in there]
    described = admin.describe_configs(resources, config_filter="all")["topic"]
    changes = []
    for name, nodes in there.items():
        wanted = _configs(_replication(nodes), retention)
        others = {key: value for key, value in wanted.items() if described[name][key]["value"] != value}
        if others:
            changes.append(ConfigResource(ConfigResourceType.TOPIC, name, configs=others))
    if changes:
        _refuse_failures(admin.alter_configs(changes)["topic"])
    return [change.name for change in changes]


def _refuse_failures(results: Mapping[str, str]) -> None:
    failed = [f"{name}: {result}" for name, result in sorted(results.items()) if result != "OK"]
    if failed:
        raise TopicsUnfit(f"settings that could not be changed: {'; '.join(failed)}")
