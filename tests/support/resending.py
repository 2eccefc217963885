"""Sends copies of what lies in the topics, to where it lies, in any order: as relays do that begin again, and worse."""

from collections import defaultdict
from contextlib import closing
from math import ceil
from random import Random

from kafka import KafkaProducer

from infrastructure.streaming.message import Message
from infrastructure.streaming.sending import LARGEST_REQUEST
from tests.support.arrivals import Arrived, arrived, position

SECONDS = 60.0

Place = tuple[str, int]


class Resender:
    """Knows what lies in the topics, and which of it came there first; `copies` were sent by it."""

    def __init__(self, kafka: str, prefix: str, luck: Random) -> None:
        self._kafka = kafka
        self._prefix = prefix
        self._luck = luck
        self._lying = defaultdict[Place, list[Message]](list)
        self._originals: list[Message] = []
        self._last = defaultdict[Place, int](int)
        self.copies = 0

    def look(self) -> Arrived:
        """Everything that lies in the topics."""
        for place, messages in arrived(self._kafka, self._prefix, known=self._lying).items():
            self._lying[place] += messages
            for message in messages:
                if position(message) > self._last[place]:
                    self._originals.append(message)
                    self._last[place] = position(message)
        return self._lying

    @property
    def last(self) -> int:
        """The last position that was seen in the topics."""
        return max(self._last.values(), default=0)

    def send_again(self, share: float) -> None:
        """So many of what has come since the last time, as a share; any message may be among them, old ones too."""
        before = len(self._originals)
        self.look()
        count = ceil((len(self._originals) - before) * share)
        self._send(self._luck.sample(self._originals, min(count, len(self._originals))))

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
