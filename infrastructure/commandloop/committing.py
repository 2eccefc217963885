"""Commits batches: first on the states at hand, and under the append lock when those have moved."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from application.ports.clock import Clock
from application.ports.commands import ExecutionFailed
from infrastructure.commandloop import outcomes
from infrastructure.commandloop.batch import Batch, Handlers, decide
from infrastructure.commandloop.loading import advance, load
from infrastructure.commandloop.metrics import CONFLICTS
from infrastructure.commandloop.pending import Pending
from infrastructure.commandloop.states import StateCache
from infrastructure.commandloop.work import StreamsMissing
from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.writer import CommandKnown, LogWriter, Receipt, StreamMoved

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Flight:
    """A decided batch on its way to the log."""

    items: Sequence[Pending]
    decided: Batch
    landing: "asyncio.Task[Receipt | None]"


@dataclass(slots=True, eq=False)
class Committer:
    """Turns pending commands into outcomes. Nothing reaches the cache before the log has acknowledged it."""

    writer: LogWriter
    handlers: Handlers
    codec: EventCodec
    cache: StateCache
    clock: Clock
    partitions: int
    contended: bool = False
    """True while other processes write to the same streams: then the lock is taken before deciding is worth it."""

    async def launch(self, batch: Sequence[Pending], ahead: Batch | None) -> Flight:
        """Decide on what is in memory, unless that was done ahead, and send it to the log without waiting."""
        decided = ahead or await self._decide(batch)
        landing = asyncio.get_running_loop().create_task(self._append(batch, decided))
        await asyncio.sleep(0)  # the append goes out now, so that the log works while the next batch is decided
        return Flight(batch, decided, landing)

    def decide_ahead(self, flight: Flight, batch: Sequence[Pending]) -> Batch | None:
        """Decide as if the batch in flight had landed; None where states are missing. Worth nothing if it does not."""
        ahead = Batch(self.cache, self.codec, self.clock.now(), under=flight.decided.overlay)
        try:
            return decide(ahead, [item.envelope for item in batch], handlers=self.handlers)
        except StreamsMissing:
            return None

    async def land(self, flight: Flight) -> bool:
        """Wait for the log's answer; False where it took nothing, because something had moved: then `settle`."""
        try:
            receipt = await flight.landing
        except (StreamMoved, CommandKnown) as conflict:
            CONFLICTS.labels(type(conflict).__name__).inc()
            self.contended = isinstance(conflict, StreamMoved)
            return False
        self._acknowledge(flight.items, flight.decided, receipt)
        return True

    async def settle(self, batch: Sequence[Pending]) -> Batch:
        """Under the append lock: answer what the log already holds, catch up, decide the rest. Cannot conflict."""
        async with self.writer.locked():
            rest = await self._without_known(batch)
            decided, moved = await self._decide_on_current(rest)
            receipt = await self._append(rest, decided)
        self.contended = moved
        self._acknowledge(rest, decided, receipt)
        return decided

    async def _without_known(self, batch: Sequence[Pending]) -> list[Pending]:
        known = {command.id: command for command in await self.writer.commands([item.envelope.id for item in batch])}
        rest = []
        for item in batch:
            command = known.get(item.envelope.id)
            if command is None:
                item.maybe_executed = False
                rest.append(item)
            elif item.same_request(command.fingerprint):
                item.succeed(await outcomes.stored(command, self.writer, self.codec, partitions=self.partitions))
        return rest

    async def _decide_on_current(self, batch: Sequence[Pending]) -> tuple[Batch, bool]:
        """Decides until every stream relied on is known to be current; gives also whether any had moved."""
        verified: set[int] = set()
        moved = False
        while True:
            decided = await self._decide(batch)
            unverified = [entry for key, entry in decided.base.items() if key not in verified]
            news = await advance(self.writer, self.codec, unverified) if unverified else []
            if not news:
                return decided, moved
            self.cache.put(news)
            verified.update(entry.stream.int for entry in unverified)
            moved = True

    async def _decide(self, batch: Sequence[Pending]) -> Batch:
        envelopes = [item.envelope for item in batch]
        now = self.clock.now()
        while True:
            try:
                return decide(Batch(self.cache, self.codec, now), envelopes, handlers=self.handlers)
            except StreamsMissing as lack:
                self.cache.put(await load(self.writer, self.codec, lack.streams))

    async def _append(self, batch: Sequence[Pending], decided: Batch) -> Receipt | None:
        if not decided.writes:
            await self.writer.verify(decided.writes)
            return None
        for item in batch[: len(decided.decided)]:
            item.maybe_executed = True
        return await self.writer.append(decided.writes, decided.now)

    def _acknowledge(self, batch: Sequence[Pending], decided: Batch, receipt: Receipt | None) -> None:
        """After the commit nothing may fail a command, so this only hands out what is known."""
        self.cache.put(decided.overlay.values())
        self.cache.trim()
        for item, part in zip(batch, decided.decided, strict=False):
            item.maybe_executed = False
            if part.fault is not None:
                _log.error("handler failed", command=part.envelope.command.name, exc_info=part.fault)
                item.fail(ExecutionFailed(part.envelope.command.name))
            else:
                item.succeed(outcomes.committed(part, decided, receipt, partitions=self.partitions))
