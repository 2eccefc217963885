"""Gets messages out of Faust with a few tasks for each batch, where Faust itself makes a handful for each message."""

import asyncio
import logging
import types
from collections.abc import AsyncIterator, Coroutine, Generator, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

from faust.transport.drivers import aiokafka


class Consumer(aiokafka.Consumer):
    """Faust's, but a message that its stream has room for is handed over at once."""

    logger = logging.getLogger("faust.transport")

    async def wait_first(self, *awaited: Any, **limits: Any) -> Any:
        """Faust calls this with every message: it is handed over, or partitions are taken away, whatever is first.
        It does not look at what it gets."""
        if len(awaited) != 2 or limits:
            return await super().wait_first(*awaited, **limits)
        delivery, suspension = awaited
        try:
            blocking = delivery.send(None)
        except BaseException as ended:
            suspension.close()
            if isinstance(ended, StopIteration):
                return None
            raise
        return await super().wait_first(_resumed(delivery, blocking), suspension)


class Transport(aiokafka.Transport):
    """Faust's, with our consumer."""

    Consumer = Consumer


async def _resumed(begun: Coroutine[Any, Any, Any], blocking: Any) -> Any:
    """The rest of a coroutine that was begun outside, and waits for `blocking`."""
    return await _going_on(begun, blocking)


@types.coroutine
def _going_on(begun: Coroutine[Any, Any, Any], blocking: Any) -> Generator[Any, Any, Any]:
    yield blocking
    return (yield from begun)


async def batches(app: Any, stream: Any, *, most: int, window: float) -> AsyncIterator[Sequence[Any]]:
    """Events of a stream as they come: one and what comes within `window` seconds after it, up to `most`; none of
    partitions that were taken away meanwhile. They are the caller's to acknowledge."""
    queue = stream.channel.queue
    with suppress(StopAsyncIteration):  # so the queue tells that the stream ends
        while True:
            events = [await queue.get()]
            if queue.qsize() < most - 1:
                await asyncio.sleep(window)
            while len(events) < most and not queue.empty():
                events.append(queue.get_nowait())
            now = monotonic()
            for tp in {event.message.tp for event in events}:
                app.monitor.stream_inbound_time[tp] = now  # Faust warns of partitions that nobody reads
            current = [event for event in events if event.message.generation_id == app.consumer_generation_id]
            if current:
                yield current
