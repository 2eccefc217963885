"""Drives one projection by Faust: from Kafka as a rule, from the log where Kafka brings nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

import structlog

from infrastructure.postgres.transience import described, is_transient
from infrastructure.runner.instances import CONTROL
from infrastructure.runner.listening import listen
from infrastructure.streaming.arriving import Arrival
from infrastructure.streaming.consumer_metrics import FAILURES, WAITING
from infrastructure.streaming.consuming import Consumer
from infrastructure.streaming.faust_app import FaustStream
from infrastructure.streaming.lookout import Lookout, outdated, slot_standings
from projections.projection import Connection

POLL = 1.0
"""Seconds between two looks at slots that may have been left behind."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0

_log = structlog.get_logger(__name__)


class FaustDriver:
    """A member of the projection's consumer group. Any number may run, beside in-process drivers too."""

    def __init__(
        self,
        consumer: Consumer,
        *,
        connect: Callable[[], Awaitable[Connection]],
        servers: Sequence[str],
        prefix: str,
        families: Sequence[str],
        lookout: Lookout | None = None,
        on_hang: Callable[[int], object] = lambda _: None,
    ) -> None:
        """`connect` gives connections in autocommit mode; the topics are there. `on_hang` ends the process by force,
        with the code that it gets: Faust's threads do not end while a broker does not answer."""
        self._projection = consumer.projection
        self._consumer = consumer
        self._connect = connect
        self._servers = servers
        self._topics = [f"{prefix}.{family}" for family in families]
        self._group = f"{prefix}.{self._projection.name}.v{self._projection.version}"
        self._lookout = lookout or Lookout()
        self._on_hang = on_hang
        self._look_now = asyncio.Event()
        self._at_once = False
        self._stop = asyncio.Event()
        self._conn: Connection | None = None
        self._fault: str | None = None
        self._outdated: Mapping[str, str] = {}

    @property
    def faults(self) -> Mapping[str, str]:
        """What does not move at the moment, and why; slots that are stopped are in the standings."""
        return {**self._outdated, **({self._projection.name: self._fault} if self._fault else {})}

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; the batch in hand is finished. Outlives restarts of the database. Raises StreamCrashed,
        and what nobody has thought of: then the process is of no use any more."""
        self._stop = stop
        if not await self._persist("prepare", self._consumer.prepare):
            return
        stream = FaustStream(
            group=self._group, servers=self._servers, topics=self._topics, take=self._take, on_hang=self._on_hang
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stream.run(stop))
            tasks.create_task(self._look_after(stream))
        await self._consumer.close()

    async def _take(self, arrivals: Sequence[Arrival]) -> bool:
        return await self._persist("take", lambda: self._consumer.take(arrivals))

    async def _persist(self, what: str, act: Callable[[], Awaitable[None]]) -> bool:
        """Again and again while the database fails us, after longer and longer pauses; False where told to stop."""
        pause = FIRST_PAUSE
        while True:
            try:
                await act()
            except Exception as error:
                if not is_transient(error):
                    raise
                self._waits(described(error))
                _log.warning("projection waits", group=self._group, to=what, error=self._fault, retry_in=pause)
            else:
                self._waits(None)
                return True
            if await self._stopped_within(pause):
                return False
            pause = min(pause * 2, LONGEST_PAUSE)

    def _waits(self, fault: str | None) -> None:
        self._fault = fault
        WAITING.labels(self._projection.name).set(fault is not None)
        if fault is not None:
            FAILURES.labels(self._projection.name).inc()

    async def _stopped_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        return self._stop.is_set()

    async def _look_after(self, stream: FaustStream) -> None:
        listening = asyncio.create_task(listen(self._connect, (CONTROL,), self._heard, poll=POLL))
        looking = asyncio.create_task(self._keep_looking(stream))
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({looking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if looking.done():
                looking.result()
        finally:
            for task in (listening, looking, stopping):
                task.cancel()
            await asyncio.wait({listening, looking, stopping})
            if self._conn is not None:
                await self._conn.close()

    def _heard(self, channel: str, payload: str) -> None:  # noqa: ARG002 - as `listen` calls it
        """What came or was let go on begins where Kafka has nothing more to say: the log has."""
        self._at_once = self._at_once or channel == CONTROL
        self._look_now.set()

    async def _keep_looking(self, stream: FaustStream) -> None:
        while True:
            await self._look_now.wait()
            self._look_now.clear()
            try:
                await self._look(stream)
            except Exception as error:
                if not is_transient(error):
                    raise
                self._at_once = True  # whatever it was called for
                _log.warning("cannot look after the slots", group=self._group, error=described(error))

    async def _look(self, stream: FaustStream) -> None:
        if self._conn is None or self._conn.closed:
            self._conn = await self._connect()
        self._note(await outdated(self._conn, self._projection))
        at_once, self._at_once = self._at_once, False
        seen = await slot_standings(self._conn, self._projection)
        now = asyncio.get_running_loop().time()
        for schema, upto in self._lookout.missing(seen, ours=stream.slots, now=now, at_once=at_once).items():
            _log.info("catching up from the log", schema=schema, slots=len(upto))
            while await self._consumer.catch_up(schema, upto):
                continue

    def _note(self, found: Mapping[str, str]) -> None:
        for schema in found.keys() - self._outdated.keys():
            _log.error("projection outdated", schema=schema, problem=found[schema])
        self._outdated = found
