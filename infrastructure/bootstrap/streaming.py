"""The relay and the topics that it sends to, put together from the settings."""

from contextlib import closing

import structlog

from infrastructure.eventstore.registry import event_codec
from infrastructure.settings import Settings
from infrastructure.streaming.clients import BrokersUnreachable
from infrastructure.streaming.relay import Relay
from infrastructure.streaming.relay_state import RelayState
from infrastructure.streaming.repartitioning import repartition
from infrastructure.streaming.sending import KafkaSender, Sender, SendFailed
from infrastructure.streaming.topics import Topic, check_topics, ensure_topics, refuse_other_partitions

_log = structlog.get_logger(__name__)


def relay(settings: Settings, conninfo: str) -> Relay:
    """Ready to run. Raises TopicsUnfit where the topics are not; brokers that are away it waits for when it leads."""
    codec = event_codec()
    servers, prefix = settings.kafka_bootstrap_servers, settings.kafka_topic_prefix

    def make_sender(partitions: int) -> Sender:
        try:
            check_topics(servers, prefix=prefix, partitions=partitions)
        except BrokersUnreachable as unreachable:
            raise SendFailed(str(unreachable)) from unreachable
        return KafkaSender(servers)

    try:
        check_topics(servers, prefix=prefix, partitions=_partitions(conninfo))
    except BrokersUnreachable as unreachable:
        _log.warning("cannot look at the topics yet", error=str(unreachable))
    return Relay(connect=lambda: RelayState.connect(conninfo, codec), make_sender=make_sender, prefix=prefix)


def topics(settings: Settings, conninfo: str, *, partitions: int | None = None) -> list[Topic]:
    """All of them, made or brought in line; with another number of partitions, where everything is drained.

    Raises TopicsUnfit, OtherPartitions, NotDrained and BrokersUnreachable.
    """
    servers, prefix = settings.kafka_bootstrap_servers, settings.kafka_topic_prefix
    if partitions is not None and partitions != _partitions(conninfo):
        refuse_other_partitions(servers, prefix=prefix, partitions=partitions)
        former = repartition(conninfo, partitions=partitions, codec=event_codec())
        _log.warning("slots per family changed", former=former, now=partitions)
    return ensure_topics(
        servers,
        prefix=prefix,
        partitions=_partitions(conninfo),
        replication=settings.kafka_replication,
        retention=settings.kafka_retention,
    )


def _partitions(conninfo: str) -> int:
    with closing(RelayState.connect(conninfo, event_codec())) as state:
        return state.partitions()
