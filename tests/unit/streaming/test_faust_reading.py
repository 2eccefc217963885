"""What gets messages out of Faust: at once where there is room, in batches, and nothing that is no longer ours."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from mode import Service
from mode.utils.queues import FlowControlEvent, ThrowableQueue

from infrastructure.streaming.faust_reading import Consumer, batches

WINDOW = 0.01
GENERATION = 7


@pytest.fixture
def consumer() -> Consumer:
    """As far as it waits, and no further."""
    bare = object.__new__(Consumer)
    Service.__init__(bare)
    return bare


class Delivery:
    """Of one message, which waits for room."""

    def __init__(self) -> None:
        self.room = asyncio.Event()
        self.begun = asyncio.Event()
        self.task: asyncio.Task[Any] | None = None
        self.ended = "not yet"

    async def run(self) -> None:
        self.task = asyncio.current_task()
        self.begun.set()
        try:
            await self.room.wait()
        except BaseException as error:
            self.ended = type(error).__name__
            raise
        self.ended = "delivered"


async def test_a_message_that_there_is_room_for_is_handed_over_without_another_task(consumer: Consumer) -> None:
    delivery, taken_away = Delivery(), asyncio.Event()
    delivery.room.set()
    await consumer.wait_first(delivery.run(), taken_away.wait())
    assert delivery.task is asyncio.current_task()
    assert delivery.ended == "delivered"


async def test_a_message_without_room_is_handed_over_when_there_is_some(consumer: Consumer) -> None:
    delivery, taken_away = Delivery(), asyncio.Event()
    waiting = asyncio.create_task(consumer.wait_first(delivery.run(), taken_away.wait()))
    await delivery.begun.wait()
    assert delivery.ended == "not yet"
    delivery.room.set()
    await waiting
    assert delivery.ended == "delivered"


async def test_a_message_without_room_is_given_up_when_partitions_are_taken_away(consumer: Consumer) -> None:
    delivery, taken_away = Delivery(), asyncio.Event()
    waiting = asyncio.create_task(consumer.wait_first(delivery.run(), taken_away.wait()))
    await delivery.begun.wait()
    taken_away.set()
    await waiting
    delivery.room.set()
    await asyncio.sleep(0)
    assert delivery.ended == "GeneratorExit"


async def test_what_a_delivery_raises_is_raised(consumer: Consumer) -> None:
    async def fails() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await consumer.wait_first(fails(), asyncio.Event().wait())


class Stream:
    """As much of an application and its stream as is read from."""

    def __init__(self) -> None:
        self.queue: ThrowableQueue[Any] = ThrowableQueue(flow_control=FlowControlEvent(initially_suspended=False))
        self.channel = SimpleNamespace(queue=self.queue)
        self.app = SimpleNamespace(
            monitor=SimpleNamespace(stream_inbound_time=dict[str, float]()), consumer_generation_id=GENERATION
        )

    def arrive(self, *values: int, generation: int = GENERATION) -> None:
        for value in values:
            message = SimpleNamespace(tp="orders-0", generation_id=generation)
            self.queue.put_nowait(SimpleNamespace(value=value, message=message))

    def batches(self, *, most: int = 10) -> AsyncIterator[list[int]]:
        return _values(batches(self.app, self, most=most, window=WINDOW))


async def _values(found: Any) -> AsyncIterator[list[int]]:
    async for events in found:
        yield [event.value for event in events]


async def test_what_comes_soon_after_the_first_is_taken_with_it() -> None:
    stream = Stream()
    first = asyncio.ensure_future(anext(stream.batches()))
    stream.arrive(1)
    await asyncio.sleep(0)
    stream.arrive(2, 3)
    assert await first == [1, 2, 3]


async def test_a_batch_has_no_more_than_it_may_have() -> None:
    stream = Stream()
    stream.arrive(1, 2, 3, 4, 5)
    found = stream.batches(most=2)
    assert [await anext(found) for _ in range(3)] == [[1, 2], [3, 4], [5]]


async def test_what_came_before_a_rebalance_is_left_to_whoever_has_it_now() -> None:
    stream = Stream()
    stream.arrive(1, generation=GENERATION - 1)
    stream.arrive(2)
    assert await anext(stream.batches()) == [2]


async def test_a_stream_that_ends_has_no_more_batches() -> None:
    stream = Stream()
    stream.arrive(1)
    found = stream.batches()
    assert await anext(found) == [1]
    waiting = asyncio.ensure_future(anext(found, None))
    await stream.queue.throw(StopAsyncIteration())
    assert await waiting is None


async def test_faust_is_told_that_a_partition_is_read() -> None:
    stream = Stream()
    stream.arrive(1)
    await anext(stream.batches())
    assert "orders-0" in stream.app.monitor.stream_inbound_time
