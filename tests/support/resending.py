"""Sends copies of what lies in the topics, to where it lies, in any order: as relays do that begin again, and worse."""

from contextlib import closing
from math import ceil
from random import Random

from kafka import KafkaProducer

from infrastructure.streaming.message import Message
from infrastructure.streaming.sending import LARGEST_REQUEST
from tests.support.arrivals import arrived, position

SECONDS = 30.0


class Resender:
    """`copies` of `originals`, so far."""

    def __init__(self, kafka: str, prefix: str, luck: Random) -> None:
        self._kafka = kafka
        self.prefix = prefix
        self._luck = luck
        self._known: dict[tuple[str, int], list[Message]] = {}
        self.copies = 0

    @property
    def originals(self) -> int:
        """Messages that the topics were seen to hold, each counted once."""
        return sum(map(len, self._known.values()))

    def send_again(self, share: float) -> None:
        """So many of what has come since the last time, as a share; any message may be among them, old ones too."""
        before = self.originals
        for place, messages in arrived(self._kafka, self.prefix).items():
            known = self._known.setdefault(place, [])
            for message in messages:
                if not known or position(message) > position(known[-1]):
                    known.append(message)
        everything = [message for messages in self._known.values() for message in messages]
        count = min(ceil((self.originals - before) * share), len(everything))
        self._send(self._luck.sample(everything, count))

    def _send(self, messages: list[Message]) -> None:
        """Identical ones: key, value, headers, topic and partition. Returns when all have arrived."""
        producer = KafkaProducer(
            bootstrap_servers=self._kafka.split(","), acks="all", max_request_size=LARGEST_REQUEST, linger_ms=5
        )
        with closing(producer):
            sent = [producer.send(m.topic, m.value, m.key, m.headers, m.partition) for m in messages]
            for future in sent:
                future.get(timeout=SECONDS)
        self.copies += len(messages)
