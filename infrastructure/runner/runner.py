"""The in-process driver: follows the log for every instance of every projection and process manager."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress

import psycopg
import structlog

from application.ports.clock import Clock
from infrastructure.eventstore.reader import LogReader
from infrastructure.runner.feeding import Feeder
from infrastructure.runner.instances import CONTROL, Instance, ensure, instances
from infrastructure.runner.listening import listen
from infrastructure.runner.log_tail import LogTail
from infrastructure.runner.pump import POLL, Pump
from infrastructure.runner.slots import Slots
from projections.projection import Connection, Projection

LOG = "till_log"
GRACE = 8.0
"""Seconds that a batch in hand has to end in, when the runner stops."""
RETRY = 0.5

Connect = Callable[[], Awaitable[Connection]]

_log = structlog.get_logger(__name__)


class Runner:
    """Any number may run on one database: each instance is fed by one of them, the others stand by."""

    def __init__(
        self, *, connect: Connect, projections: Sequence[Projection], reader: LogReader, slots: Slots, clock: Clock
    ) -> None:
        """`connect` gives connections in autocommit mode; process managers are among the projections."""
        self._connect = relaxed(connect)
        self._projections = {projection.name: projection for projection in projections}
        self._slots = slots
        self._clock = clock
        self._tail = LogTail(connect, reader)
        self._pumps: dict[str, Pump] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._outdated: dict[str, str] = {}

    @property
    def faults(self) -> Mapping[str, str]:
        """Instances that do not move at the moment, and why; slots stopped by poison are in `poison.stops`."""
        return self._outdated | {schema: pump.fault for schema, pump in self._pumps.items() if pump.fault}

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; batches in hand are finished. Outlives restarts of the database."""
        listening = asyncio.create_task(listen(self._connect, (LOG, CONTROL), self._heard, poll=POLL))
        stopping = asyncio.create_task(stop.wait())
        try:
            await self._until_ensured(stop)
            while not stop.is_set():
                changed = asyncio.create_task(self._changed.wait())
                await asyncio.wait({changed, stopping}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                self._changed.clear()
                if not stop.is_set():
                    await self._look()
        finally:
            for task in (listening, stopping):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await self._close()

    async def _until_ensured(self, stop: asyncio.Event) -> None:
        """Every projection has a live instance, whenever the database lets us."""
        while not stop.is_set():
            try:
                conn = await self._connect()
                try:
                    await ensure(conn, self._projections.values(), slots=self._slots, at=self._clock.now())
                finally:
                    await conn.close()
                self._changed.set()
                return
            except (psycopg.Error, OSError) as error:
                _log.warning("cannot prepare the projections", error=repr(error), retry_in=RETRY)
                await asyncio.sleep(RETRY)

    def _heard(self, channel: str, payload: str) -> None:  # noqa: ARG002 - as `listen` calls it
        look_again = channel != LOG
        if look_again:
            self._changed.set()
        for pump in self._pumps.values():
            pump.wake(look_again=look_again)

    async def _look(self) -> None:
        """Feed what is new, let go of what is gone."""
        try:
            conn = await self._connect()
            try:
                found = {instance.schema: instance for instance in await instances(conn)}
            finally:
                await conn.close()
        except (psycopg.Error, OSError) as error:
            _log.warning("cannot look for instances", error=repr(error))
            return
        for schema in [schema for schema, task in self._tasks.items() if task.done()]:
            del self._tasks[schema], self._pumps[schema]
        for schema in self._pumps.keys() - found.keys():
            self._pumps[schema].stop()
        self._note_outdated(found.values())
        for schema, instance in found.items():
            if schema not in self._tasks and self._feeds(instance):
                self._start(instance)

    def _feeds(self, instance: Instance) -> bool:
        """Whether it is ours to feed: known to this code, in this version, and not being built by a rebuild."""
        projection = self._projections.get(instance.name)
        return projection is not None and projection.version == instance.version and instance.state == "fed"

    def _note_outdated(self, found: Iterable[Instance]) -> None:
        """Live tables that this code cannot feed stay behind until they are rebuilt: not silently."""
        outdated = {
            instance.schema: f"of version {instance.version}, the code has {projection.version}: rebuild it"
            for instance in found
            if (projection := self._projections.get(instance.name)) is not None
            and instance.live
            and instance.version != projection.version
        }
        for schema in outdated.keys() - self._outdated.keys():
            _log.error("projection outdated", schema=schema, problem=outdated[schema])
        self._outdated = outdated

    def _start(self, instance: Instance) -> None:
        feeder = Feeder(self._projections[instance.name], instance.schema, slots=self._slots, clock=self._clock)
        pump = Pump(feeder, connect=self._connect, tail=self._tail)
        self._pumps[instance.schema] = pump
        self._tasks[instance.schema] = asyncio.create_task(pump.run(), name=f"pump {instance.schema}")

    async def _close(self) -> None:
        for pump in self._pumps.values():
            pump.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks.values(), timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._tail.close()


def relaxed(connect: Connect) -> Connect:
    """Commits that need not wait for the disk: after a crash of the server, rows and tracking are both as they were a
    moment before, and the log, which did wait, tells the rest again."""

    async def connect_relaxed() -> Connection:
        conn = await connect()
        await conn.execute("SET synchronous_commit TO off")
        return conn

    return connect_relaxed
