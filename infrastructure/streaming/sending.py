"""Sends messages to Kafka, and knows of each whether it arrived."""

import time
from collections.abc import Sequence
from typing import Any, Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError

from infrastructure.streaming.clients import BrokersUnreachable, connected
from infrastructure.streaming.message import Message

LARGEST_REQUEST = 2 * 1024 * 1024
"""Bytes, of the producer and of the topics; an event has 512 KiB at most."""
DELIVERY = 10.0
"""Seconds that a batch has to be acknowledged in."""
BATCH_BYTES = 1024 * 1024
LINGER_MS = 100
"""At most, while more is being sent; waiting for a delivery ends it at once."""
BOOTSTRAP = 3.0
CLOSING = 2.0


class SendFailed(Exception):
    """Some of it was not acknowledged in time; whether it arrived is unknown."""


class Unsendable(Exception):
    """A message that the brokers will never take."""


class Delivery(Protocol):
    """Messages under way."""

    def wait(self) -> None:
        """Until every single one is acknowledged by all replicas in sync. Raises SendFailed and Unsendable."""
        ...


class Sender(Protocol):
    """Delivers in order, per partition. After a failure it is of no use any more."""

    def send(self, messages: Sequence[Message]) -> Delivery:
        """Raises SendFailed and Unsendable."""
        ...

    def close(self) -> None:
        """Let go of what is under way, without waiting for it."""
        ...


class KafkaSender:
    """A producer of kafka-python.

    Once a delivery has failed or is overdue it may deliver nothing more for good (its idempotent state is stuck), and
    a record that it gave up may have arrived all the same. So it is closed then, and everything is sent by a new one.
    """

    def __init__(self, servers: Sequence[str], *, delivery: float = DELIVERY) -> None:
        """Raises SendFailed where no broker answers."""
        self._delivery = delivery
        limit = int(delivery * 1000)
        try:
            self._producer = connected(
                KafkaProducer,
                servers,
                within=min(delivery, BOOTSTRAP),
                client_id="till-relay",
                acks="all",
                enable_idempotence=True,
                max_in_flight_requests_per_connection=5,
                max_request_size=LARGEST_REQUEST,
                batch_size=BATCH_BYTES,
                linger_ms=LINGER_MS,
                delivery_timeout_ms=limit,
                request_timeout_ms=limit // 2,
                max_block_ms=limit,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
        except BrokersUnreachable as unreachable:
            raise SendFailed(str(unreachable)) from unreachable

    def send(self, messages: Sequence[Message]) -> "KafkaDelivery":
        deadline = time.monotonic() + self._delivery
        send = self._producer.send
        try:
            futures = [send(m.topic, m.value, m.key, m.headers, m.partition) for m in messages]
        except MessageSizeTooLargeError as error:
            raise Unsendable(str(error)) from error
        except (KafkaError, ValueError) as error:
            raise SendFailed(repr(error)) from error
        return KafkaDelivery(self._producer, messages, futures, deadline)

    def close(self) -> None:
        """Lets go without a flush.

        kafka-python's `close`, which exit and garbage collection call as well, first flushes what there is; where that
        fails, its thread goes on sending. So the producer is told that it is closed, and the thread to stop.
        """
        producer = self._producer
        producer._unregister_cleanup()  # noqa: SLF001
        producer._closed = True  # noqa: SLF001
        producer._sender.force_close()  # noqa: SLF001
        producer._sender.join(CLOSING)  # noqa: SLF001


class KafkaDelivery:
    """The futures of one batch, in the order of its messages."""

    def __init__(
        self, producer: KafkaProducer, messages: Sequence[Message], futures: Sequence[Any], deadline: float
    ) -> None:
        self._producer = producer
        self._messages = messages
        self._futures = futures
        self._deadline = deadline

    def wait(self) -> None:
        """Flushing ends the lingering and waits; it does not tell what failed, so every future is asked."""
        try:
            self._producer.flush(timeout=self._left())
        except KafkaError as error:
            raise SendFailed(repr(error)) from error
        for message, future in zip(self._messages, self._futures, strict=True):
            try:
                future.get(timeout=self._left())
            except MessageSizeTooLargeError as error:
                raise Unsendable(f"{message.topic} does not take {len(message.value)} bytes: {error}") from error
            except KafkaError as error:
                raise SendFailed(f"{message.topic}-{message.partition}: {error!r}") from error

    def _left(self) -> float:
        return max(0.0, self._deadline - time.monotonic())
