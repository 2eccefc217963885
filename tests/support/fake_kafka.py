"""Kafka as the relay meets it, in memory: an ordered log per partition, and failures where a test plants them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from infrastructure.streaming.message import Message
from infrastructure.streaming.sending import LARGEST_REQUEST, SendFailed, Unsendable


@dataclass
class FakeKafka:
    """What has arrived, per topic and partition, in the order of its arrival."""

    arrived: dict[tuple[str, int], list[Message]] = field(default_factory=lambda: defaultdict(list))
    answers: bool = True
    """Whether what arrives is also acknowledged."""
    partitions: int = 64
    largest_batch: int = 0
    """Messages."""

    def sender(self) -> "FakeSender":
        if not self.answers:
            raise SendFailed("no broker answers")
        return FakeSender(self)


class FakeSender:
    """Delivers at once, unless it is told to keep what it gets."""

    def __init__(self, kafka: FakeKafka) -> None:
        self.kafka = kafka
        self.under_way: list[Message] = []
        self.holds = False
        self._wedged = False

    def send(self, messages: Sequence[Message]) -> "FakeDelivery":
        for message in messages:
            if len(message.value) > LARGEST_REQUEST:
                raise Unsendable(f"{len(message.value)} bytes")
            if self._wedged or message.partition >= self.kafka.partitions:
                raise SendFailed("not taken")
        self.under_way += messages
        self.kafka.largest_batch = max(self.kafka.largest_batch, len(messages))
        if not self.holds:
            self.deliver(len(self.under_way))
        return FakeDelivery(self, lambda: not any(message in self.under_way for message in messages))

    def deliver(self, count: int) -> None:
        """The first so many of those under way arrive; also after the sender was closed, as in real life."""
        arriving, self.under_way = self.under_way[:count], self.under_way[count:]
        for message in arriving:
            self.kafka.arrived[message.topic, message.partition].append(message)

    def fail(self) -> None:
        """A delivery was overdue."""
        self._wedged = True

    def close(self) -> None:
        self._wedged = True


class FakeDelivery:
    def __init__(self, sender: FakeSender, home: Callable[[], bool]) -> None:
        self._sender = sender
        self._home = home

    def wait(self) -> None:
        if not (self._sender.kafka.answers and self._home()):
            self._sender.fail()
            raise SendFailed("overdue")
