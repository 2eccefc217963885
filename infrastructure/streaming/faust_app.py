"""A Faust application that follows topics and loses nothing, and nothing else of Faust's."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import faust
import structlog
from faust.exceptions import ConsumerNotStarted

from infrastructure.streaming.arriving import Arrival
from infrastructure.streaming.faust_reading import Transport, batches

BATCH = 500
WINDOW = 0.005
"""Seconds that others have to come in after the first, to be taken with it."""
SESSION = 6.0
"""Seconds after which the partitions of a worker that is gone without a word are given to others; the least that
brokers take."""
HEARTBEAT = 1.5
REBALANCE = 10.0
ANSWER = 10.0
METADATA = 3.0
"""Seconds between two looks at which partitions there are. A member that distributes them while brokers come up may be
told of none, and gets itself some at the next look; aiokafka's own five minutes are too long for that."""
COMMIT = 1.0
"""Seconds between two commits of offsets. They only say where to read on: what counts is tracked in the database."""
GRACE = 3.0
"""Seconds that the batch in hand has to end in, at the end."""
STOPPING = 3.0

Take = Callable[[Sequence[Arrival]], Awaitable[bool]]
"""True when everything is where it belongs; False when there was no time for it, because everything is to stop."""


_log = structlog.get_logger(__name__)


class StreamCrashed(Exception):
    """Faust gave up; the process has to be started again."""


class _App(faust.App):
    """Keeps nothing on disk, as it has no tables."""

    logger = logging.getLogger("faust.app")

    def _create_directories(self) -> None:
        """Not even empty directories."""

    def _new_transport(self) -> Transport:
        return Transport(self.conf.broker_consumer, self)


class FaustStream:
    """One consumer group's member. Hands over what arrives, batch by batch, and acknowledges what was taken."""

    def __init__(
        self,
        *,
        group: str,
        servers: Sequence[str],
        topics: Sequence[str],
        take: Take,
        on_hang: Callable[[int], object],
    ) -> None:
        """`on_hang` is called where Faust does not stop in time, with the code that the process should end with: its
        threads would wait for a broker that does not answer."""
        self._take = take
        self._on_hang = on_hang
        self._in_hand = asyncio.Lock()
        self._app = _App(
            group,
            broker=[f"kafka://{server}" for server in servers],
            env_prefix="TILL_FAUST",  # settings are the program's own; without a prefix Faust reads names like DEBUG
            autodiscover=False,
            web_enabled=False,
            key_serializer="raw",
            value_serializer="raw",  # any other skips in silence what it cannot decode
            stream_wait_empty=False,  # on a rebalance and at the end: what is not acknowledged comes again
            table_standby_replicas=0,
            topic_allow_declare=False,
            topic_disable_leader=True,
            reply_create_topic=False,
            broker_session_timeout=SESSION,
            broker_heartbeat_interval=HEARTBEAT,
            broker_rebalance_timeout=REBALANCE,
            broker_request_timeout=ANSWER,
            broker_commit_interval=COMMIT,
            consumer_auto_offset_reset="earliest",
            consumer_metadata_max_age_ms=int(METADATA * 1000),
        )
        self._app.agent(self._app.topic(*topics), name="follow")(self._follow)

    @property
    def slots(self) -> frozenset[str]:
        """What this member is in charge of at the moment."""
        try:
            assigned = self._app.consumer.assignment()
        except ConsumerNotStarted:
            return frozenset()
        return frozenset(f"{each.topic.rpartition('.')[2]}-{each.partition}" for each in assigned)

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. Raises StreamCrashed, and what Faust raises where it cannot start."""
        if stop.is_set():
            return
        starting = asyncio.create_task(self._app.start())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await self._until_ended(starting, stopping)
        finally:
            told = stopping.done()
            for task in (starting, stopping):
                task.cancel()
            await asyncio.wait({starting, stopping})
            await self._stop_app(code=0 if told else 1)

    async def _until_ended(self, starting: asyncio.Task[None], stopping: asyncio.Task[bool]) -> None:
        if stopping.done():
            await asyncio.wait({starting}, timeout=GRACE)  # what is half started, Faust leaves behind
            return
        starting.result()
        crashed = asyncio.create_task(self._app.wait_until_stopped())
        await asyncio.wait({crashed, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not stopping.done():
            raise StreamCrashed(repr(self._app.crash_reason))
        crashed.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await self._in_hand.acquire()  # and keep it: nothing more is taken

    async def _stop_app(self, *, code: int) -> None:
        ending = asyncio.create_task(self._app.stop())  # which swallows cancellation, so nothing else bounds it
        await asyncio.wait({ending}, timeout=STOPPING)
        if ending.done():
            ending.result()
        else:
            _log.warning("Faust does not stop; what was taken is committed", group=self._app.conf.id)
            self._on_hang(code)

    async def _follow(self, stream: Any) -> None:
        async for events in batches(self._app, stream, most=BATCH, window=WINDOW):
            async with self._in_hand:
                try:
                    taken = await self._take([_arrival(event.message) for event in events])
                except Exception as error:
                    await self._app.crash(error)
                    raise
                if not taken:
                    return
                for event in events:
                    event.ack()


def _arrival(message: Any) -> Arrival:
    return Arrival(message.topic, message.partition, message.offset, message.key, message.value, message.headers or [])
