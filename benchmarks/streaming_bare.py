"""Kafka's clients alone, in a process of their own: `python -m benchmarks.streaming_bare TASK`.

The producer has its messages ready: nothing is read meanwhile, nothing saved. The consumer throws away what comes.
"""

import sys
from contextlib import closing
from time import perf_counter
from typing import Any, Literal

import msgspec
import psycopg
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition
from kafka import KafkaProducer

from application.ports.log import slot_of
from infrastructure.eventstore.raw import RawReader
from infrastructure.eventstore.registry import event_codec
from infrastructure.streaming import sending
from infrastructure.streaming.message import Message, message_of
from infrastructure.streaming.relay import AHEAD
from infrastructure.streaming.relay_state import PAGE

FETCH_BYTES = 4 * 1024 * 1024
"""Of each partition, as the Faust workers fetch."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """As JSON: bring these events of the log to Kafka, or read as many from a topic that has them."""

    what: Literal["produce", "consume"]
    servers: list[str]
    topic: str
    events: int
    database: str
    after: int
    """Position of the log."""
    partitions: int


class Report(msgspec.Struct, frozen=True):
    """On stdout. What it takes to start, to connect and to make the messages is not in it."""

    seconds: float


def produce(task: Task) -> float:
    """With the relay's settings, as much under way at once, and its care: every future is looked at."""
    messages = _messages(task)
    together = AHEAD * PAGE
    batches = [messages[start : start + together] for start in range(0, len(messages), together)]
    limit = int(sending.DELIVERY * 1000)
    producer = KafkaProducer(
        bootstrap_servers=task.servers,
        acks="all",
        enable_idempotence=True,
        max_in_flight_requests_per_connection=5,
        max_request_size=sending.LARGEST_REQUEST,
        batch_size=sending.BATCH_BYTES,
        linger_ms=sending.LINGER_MS,
        delivery_timeout_ms=limit,
        request_timeout_ms=limit // 2,
        metrics_enabled=False,
    )
    with closing(producer):
        producer.partitions_for(task.topic)
        started = perf_counter()
        for batch in batches:
            futures = [producer.send(m.topic, m.value, m.key, m.headers, m.partition) for m in batch]
            producer.flush(timeout=sending.DELIVERY)
            for future in futures:
                future.get(timeout=sending.DELIVERY)
        return perf_counter() - started


def _messages(task: Task) -> list[Message]:
    """As the relay makes them."""
    with psycopg.connect(task.database) as conn:
        rows = RawReader(event_codec()).read(conn, after=task.after, limit=task.events, weight=2**40)
    messages, lasts = list[Message](), dict[str, int]()
    prefix = task.topic.rpartition(".")[0]
    for row in rows:
        assert row.family is not None
        slot = slot_of(row.family, row.ordering_key, task.partitions)
        messages.append(message_of(row, prev=lasts.get(slot, 0), prefix=prefix, partitions=task.partitions))
        lasts[slot] = row.position
    return messages


async def consume(task: Task) -> float:
    consumer: Any = AIOKafkaConsumer(
        bootstrap_servers=task.servers,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    async with consumer:
        started, read = perf_counter(), 0
        consumer.assign([TopicPartition(task.topic, number) for number in range(task.partitions)])
        while read < task.events:
            found = await consumer.getmany(timeout_ms=1_000)
            read += sum(map(len, found.values()))
        return perf_counter() - started


def main(task: Task) -> None:
    seconds = produce(task) if task.what == "produce" else uvloop.run(consume(task))
    print(msgspec.json.encode(Report(seconds)).decode())


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=Task))
