"""Clients of kafka-python that are there within a bounded time, or leave nothing behind."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from kafka.errors import KafkaError
from kafka.net import KafkaNetClient

RECONNECT_MS = 500
"""Longest pause between two attempts to reach a broker that is away."""

C = TypeVar("C")


class BrokersUnreachable(Exception):
    """None of the brokers answered in time."""


def connected(kind: Callable[..., C], servers: Sequence[str], *, within: float, **configs: Any) -> C:
    """A KafkaProducer or KafkaAdminClient. Raises BrokersUnreachable after `within` seconds at most.

    A client whose constructor fails leaves its sockets and its thread behind; here they are closed.
    """
    opened: list[KafkaNetClient] = []

    def network(**given: Any) -> KafkaNetClient:
        opened.append(KafkaNetClient(**given))
        return opened[-1]

    try:
        return kind(
            bootstrap_servers=list(servers),
            bootstrap_timeout_ms=int(within * 1000),
            reconnect_backoff_max_ms=RECONNECT_MS,
            kafka_client=network,
            **configs,
        )
    except BaseException as error:
        for client in opened:
            client.close()
        if isinstance(error, KafkaError):
            raise BrokersUnreachable(f"no broker answers at {', '.join(servers)}: {error}") from error
        raise
