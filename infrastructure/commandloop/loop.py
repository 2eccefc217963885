"""The command loop: one writer per process, an asyncio task that takes all waiting commands at once."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from uuid import UUID

import msgspec
import psycopg
import structlog

from application.ports.commands import (
    Envelope,
    ExecutionFailed,
    KeyReused,
    Outcome,
    OutcomeUnknown,
    Overloaded,
)
from infrastructure.commandloop.batch import Batch
from infrastructure.commandloop.committing import Committer, Flight
from infrastructure.commandloop.metrics import BATCH_SECONDS, BATCH_SIZE, COMMANDS, QUEUE
from infrastructure.commandloop.pending import Pending
from infrastructure.postgres.transience import is_transient

MAX_BATCH = 64
WORTH_HALVING = 8
"""Commands; fewer go together, for a commit costs more than what can be decided meanwhile."""
ROUND_TRIP_TIMEOUT = 8.0
"""Seconds; above the server's own statement timeout, so that the server answers first unless it is gone."""
MAX_PAUSE = 1.0
"""Seconds between two attempts to reach a lost database."""

_log = structlog.get_logger(__name__)


class CommandLoop:
    """The process's CommandBus. A loop that dies ends the process through `on_death`: half a writer is none."""

    def __init__(
        self,
        committer: Committer,
        *,
        on_death: Callable[[], None],
        after_commit: Callable[[Batch], None] = lambda _: None,
        capacity: int = 1_024,
        patience: float = 10.0,
    ) -> None:
        self._committer = committer
        self._on_death = on_death
        self._after_commit = after_commit
        self._capacity = capacity
        self._patience = patience
        self._queue: deque[Pending] = deque()
        self._inflight: dict[UUID, Pending] = {}
        self._wake = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="command loop")
        self._task.add_done_callback(self._died)

    async def close(self) -> None:
        """Takes no more commands, finishes those that wait, then lets the connection go."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            with suppress(Exception):  # a dead loop was reported when it died
                await self._task
        await self._committer.writer.drop()

    async def submit(self, envelope: Envelope) -> Outcome:
        known = self._inflight.get(envelope.id)
        if known is not None:
            if known.envelope.fingerprint != envelope.fingerprint:
                raise KeyReused("This key was used for another request.")
            return msgspec.structs.replace(await asyncio.shield(known.future), replayed=True)
        if self._closing or self._task is None or self._task.done() or len(self._queue) >= self._capacity:
            raise Overloaded("The command queue is full.")
        item = Pending(envelope, asyncio.get_running_loop().time() + self._patience)
        self._inflight[envelope.id] = item
        item.future.add_done_callback(lambda _: self._inflight.pop(envelope.id, None))
        self._queue.append(item)
        self._wake.set()
        return await asyncio.shield(item.future)

    async def _run(self) -> None:
        while not (self._closing and not self._queue):
            await self._wake.wait()
            self._wake.clear()
            flight: Flight | None = None
            while self._queue or flight is not None:
                flight = await self._turn(flight)
                QUEUE.set(len(self._queue))

    async def _turn(self, flight: Flight | None) -> Flight | None:
        """Decide the next batch while the one before is on its way; then land that one and launch this one."""
        batch = self._take(alone=flight is None)
        ahead = self._committer.decide_ahead(flight, batch) if flight is not None and batch else None
        if flight is not None and not await self._land(flight):
            batch, ahead = self._still_waited_for(batch), None
        return await self._launch(batch, ahead)

    def _take(self, *, alone: bool) -> list[Pending]:
        """Commands whose time has not run out: all that wait, or half of many, so that two batches can take turns."""
        waiting = len(self._queue)
        most = waiting // 2 if alone and waiting >= WORTH_HALVING and not self._committer.contended else waiting
        now = asyncio.get_running_loop().time()
        batch: list[Pending] = []
        while self._queue and len(batch) < min(most, MAX_BATCH):
            item = self._queue.popleft()
            if item.deadline < now:
                item.expire("The command waited too long.")
            else:
                batch.append(item)
        return batch

    async def _launch(self, batch: list[Pending], ahead: Batch | None) -> Flight | None:
        """None where the batch was dealt with at once, under the lock."""
        if not batch:
            return None
        try:
            if not self._committer.contended:
                async with asyncio.timeout(ROUND_TRIP_TIMEOUT):
                    return await self._committer.launch(batch, ahead)
            await self._settle(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, no caller may be left without an answer
            await self._after_failure(batch, error)
        self._put_back(batch)
        return None

    async def _land(self, flight: Flight) -> bool:
        """Whether the batch landed as it was decided; where not, it was settled otherwise."""
        started, batch, landed = perf_counter(), list(flight.items), False
        try:
            async with asyncio.timeout(ROUND_TRIP_TIMEOUT):
                landed = await self._committer.land(flight)
            if landed:
                self._report(flight.decided)
            else:
                await self._settle(batch)
        except Exception as error:  # noqa: BLE001 - as above
            await self._after_failure(batch, error)
        self._put_back(batch)
        BATCH_SECONDS.observe(perf_counter() - started)
        return landed

    async def _settle(self, batch: list[Pending]) -> None:
        async with asyncio.timeout(ROUND_TRIP_TIMEOUT):
            self._report(await self._committer.settle(batch))

    def _report(self, done: Batch) -> None:
        for part in done.decided:
            outcome = "done" if part.result is not None else "refused" if part.refusal else "failed"
            COMMANDS.labels(part.envelope.command.name, outcome).inc()
        BATCH_SIZE.observe(len(done.decided))
        self._after_commit(done)

    def _put_back(self, batch: list[Pending]) -> None:
        """What a full batch had no room for comes first in the next one."""
        self._queue.extendleft(reversed([item for item in batch if not item.future.done()]))

    async def _after_failure(self, batch: list[Pending], error: Exception) -> None:
        """A lost connection leaves everything open; any other error is some command's own, so each is tried alone.

        What may pass, like a lock that somebody holds for too long, is no fault even then: it is tried until the time
        runs out.
        """
        _log.warning("commit failed", commands=len(batch), error=repr(error))
        if self._out_of_reach(error):
            await self._recover(batch)
            return
        if not isinstance(error, psycopg.Error) and any(item.maybe_executed for item in batch):
            raise error  # our own fault between the log's answer and the callers': not to be papered over
        for item in batch:
            item.maybe_executed = False
        if len(batch) > 1:
            for item in batch:
                if self._still_waited_for([item]):
                    await self._alone(item)
        elif is_transient(error):
            await self._recover(batch)
        else:
            batch[0].fail(ExecutionFailed(batch[0].envelope.command.name))

    async def _alone(self, item: Pending) -> None:
        try:
            await self._settle([item])
        except Exception as error:  # noqa: BLE001 - as above
            await self._after_failure([item], error)

    async def _recover(self, batch: list[Pending]) -> None:
        """Asks until the log answers, or until nobody waits for the answer any more."""
        pause = 0.05
        while rest := self._still_waited_for(batch):
            for item in rest:
                item.give_answer_up()
            await self._committer.writer.drop()
            try:
                await self._settle(rest)
                return
            except Exception as error:  # noqa: BLE001 - as above
                if not self._out_of_reach(error) and not (len(rest) == 1 and is_transient(error)):
                    await self._after_failure(rest, error)
                    return
                _log.warning("log unreachable", commands=len(rest), error=repr(error), retry_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, MAX_PAUSE)

    def _out_of_reach(self, error: Exception) -> bool:
        """Whether it is the log that failed us, so that nothing is known of what was sent."""
        if isinstance(error, TimeoutError):
            return True
        return isinstance(error, psycopg.Error) and self._committer.writer.lost

    def _still_waited_for(self, batch: list[Pending]) -> list[Pending]:
        now = asyncio.get_running_loop().time()
        for item in [*batch, *self._queue]:
            if item.deadline < now:
                item.expire("The database could not be reached in time.")
        return [item for item in batch if not item.future.done()]

    def _died(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        _log.critical("the command loop died", exc_info=error)
        for item in list(self._inflight.values()):
            item.fail(OutcomeUnknown("The command loop died."))
        self._on_death()
