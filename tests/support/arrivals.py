"""What lies in the topics, read back from Kafka; and what a consumer of ours would make of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition

from infrastructure.streaming.message import Message, Received, record_of
from infrastructure.streaming.topics import topic_names
from tests.support.messages import CODEC

POLL_MS = 200

Arrived = Mapping[tuple[str, int], Sequence[Message]]
"""By topic and partition, in the order of the partition."""


def arrived(bootstrap: str, prefix: str, *, known: Arrived | None = None) -> dict[tuple[str, int], list[Message]]:
    """Everything up to this moment, that follows what is known already."""
    found: dict[tuple[str, int], list[Message]] = defaultdict(list)
    with closing(KafkaConsumer(bootstrap_servers=bootstrap.split(","), enable_auto_commit=False)) as consumer:
        places = [
            TopicPartition(topic, number)
            for topic in topic_names(prefix)
            for number in consumer.partitions_for_topic(topic) or ()
        ]
        ends = consumer.end_offsets(places)
        consumer.assign(places)
        for place in places:
            consumer.seek(place, len((known or {}).get((place.topic, place.partition), ())))
        while any(consumer.position(place) < ends[place] for place in places):
            for place, records in consumer.poll(timeout_ms=POLL_MS).items():
                found[place.topic, place.partition] += [
                    Message(
                        topic=record.topic,
                        partition=record.partition,
                        key=record.key,
                        value=record.value,
                        headers=list(record.headers),
                    )
                    for record in records
                ]
    return found


def position(message: Message) -> int:
    return int(dict(message.headers)["position"])


def positions(messages: Iterable[Message]) -> list[int]:
    return [position(message) for message in messages]


def total(arrivals: Arrived) -> int:
    return sum(map(len, arrivals.values()))


class Gap(AssertionError):
    """A message says that another came before it, which never did."""


def accepted(messages: Sequence[Message], *, partitions: int) -> list[Received]:
    """What our consumers keep of a partition: they drop what is at or below what they have, and find gaps by `prev`."""
    tracked, kept = 0, []
    for each in messages:
        found = record_of(
            each.topic, each.partition, each.key, each.value, each.headers, codec=CODEC, partitions=partitions
        )
        if found.record.position <= tracked:
            continue
        if found.prev > tracked:
            raise Gap(f"{each.topic}-{each.partition}: {found.record.position} follows {found.prev}, not {tracked}")
        kept.append(found)
        tracked = found.record.position
    return kept
