"""Each hole that the log closes, as a schedule that falls into it once its guard is taken out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from application.ports.commands import ExecutionFailed, Outcome
from infrastructure.commandloop.batch import Batch
from infrastructure.commandloop.committing import Committer, Flight
from infrastructure.commandloop.loop import CommandLoop
from infrastructure.commandloop.pending import Pending
from infrastructure.commandloop.states import Entry
from infrastructure.eventstore.writer import LogWriter, Receipt
from infrastructure.eventstore.writes import Writes
from tests.support.loops import committer, envelope, running, total
from tests.support.tally import Break, Raise

Schedule = Callable[[str], Awaitable[bool]]
"""Plays the schedule on a database; True where the guarantee held."""
Sabotage = Callable[[pytest.MonkeyPatch, str], None]


async def a_read_only_dependency_moves_on(database: str) -> bool:
    """One process reads that `other` is zero and raises `tally`; meanwhile another process has raised `other`."""
    tally, other = uuid4(), uuid4()
    async with running(committer(database)) as one, running(committer(database)) as two:
        await one.submit(envelope(Raise(tally=tally, reading=other)))
        await two.submit(envelope(Raise(tally=other)))
        stale = await one.submit(envelope(Raise(tally=tally, reading=other)))
    return stale.refusal is not None and total(database, tally) == 1


async def a_refusal_rests_on_a_stale_state(database: str) -> bool:
    """One process knows a full tally; another has emptied it; the refusal must not be given from memory."""
    tally = uuid4()
    async with running(committer(database)) as one, running(committer(database)) as two:
        await one.submit(envelope(Raise(tally=tally, by=5, limit=5)))
        await two.submit(envelope(Raise(tally=tally, by=-5, limit=5)))
        again = await one.submit(envelope(Raise(tally=tally, by=5, limit=5)))
    return again.result is not None


async def a_command_id_is_in_the_log_already(database: str) -> bool:
    """A client repeats a request at another process, whose memory knows nothing of it."""
    tally = uuid4()
    once = envelope(Raise(tally=tally), keyed=True)
    async with running(committer(database)) as one, running(committer(database)) as two:
        await one.submit(once)
        await two.submit(once)
    return total(database, tally) == 1


class LosesTheAnswer(LogWriter):
    """The append is committed, and the connection dies before the answer arrives."""

    lost_answers = 0

    async def append(self, writes: Writes, clock: Any) -> Receipt:
        receipt = await super().append(writes, clock)
        if self.lost_answers == 0:
            self.lost_answers += 1
            await self.drop()
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return receipt


async def the_connection_is_lost_after_the_commit(database: str) -> bool:
    tally = uuid4()
    async with running(committer(database, writer=LosesTheAnswer)) as loop:
        outcome = await loop.submit(envelope(Raise(tally=tally)))
    return total(database, tally) == 1 and outcome.result is not None


async def a_batch_reads_what_it_wrote(database: str) -> bool:
    """Two commands of one batch: the first raises `other`, the second may only go on while `other` is zero."""
    tally, other = uuid4(), uuid4()
    async with running(committer(database)) as loop:
        _, second = await asyncio.gather(
            loop.submit(envelope(Raise(tally=other))),
            loop.submit(envelope(Raise(tally=tally, reading=other))),
        )
    return second.refusal is not None and total(database, tally) == 0


async def a_batch_was_decided_ahead_of_one_that_did_not_land(database: str) -> bool:
    """The batch in flight finds that another process was faster, and is refused; the next one was decided on what it
    would have left, at a version that the other process has reached meanwhile."""
    tally, company = uuid4(), uuid4()
    async with running(committer(database)) as one, running(committer(database)) as two:
        await asyncio.gather(one.submit(envelope(Raise(tally=tally))), one.submit(envelope(Raise(tally=company))))
        await two.submit(envelope(Raise(tally=tally, by=9)))
        others = [envelope(Raise(tally=company)) for _ in range(6)]
        in_flight = envelope(Raise(tally=tally, limit=5))
        ahead = envelope(Raise(tally=tally, by=8, limit=10))
        await asyncio.gather(*map(one.submit, [in_flight, *others[:3], ahead, *others[3:]]))
    return total(database, tally) == 10


async def a_bad_command_among_good_ones(database: str) -> bool:
    """One of 64 commands of a batch breaks a constraint of the database."""
    tally, person = uuid4(), uuid4()
    async with running(committer(database)) as loop:
        await loop.submit(envelope(Break(person=person)))
        commands = [envelope(Raise(tally=tally)) for _ in range(63)]
        commands.insert(31, envelope(Break(person=person)))
        results = await asyncio.gather(*map(loop.submit, commands), return_exceptions=True)
    failed = [n for n, result in enumerate(results) if isinstance(result, ExecutionFailed)]
    return failed == [31] and total(database, tally) == 63


async def a_request_is_cancelled(database: str) -> bool:
    """A client goes away while its command is in a batch; its neighbours are answered, and the loop lives on."""
    tally = uuid4()
    async with running(committer(database)) as loop:
        waiting = [asyncio.ensure_future(loop.submit(envelope(Raise(tally=tally)))) for _ in range(10)]
        await asyncio.sleep(0)
        waiting[3].cancel()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        async with asyncio.timeout(5):
            await loop.submit(envelope(Raise(tally=tally)))
    answered = sum(isinstance(result, Outcome) for result in results)
    return answered == 9 and isinstance(results[3], asyncio.CancelledError) and total(database, tally) == 11


def only_written_streams_are_compared(patch: pytest.MonkeyPatch, database: str) -> None:
    """Leaves every stream that was only read out of the comparison."""
    append = LogWriter.append

    async def forgetful(self: LogWriter, writes: Writes, clock: Any) -> Receipt:
        reads = dict(zip(writes.read_streams, writes.read_versions, strict=True))
        written = {stream: reads[stream] for stream in writes.events.streams}
        writes.read_streams, writes.read_versions = list(written), list(written.values())
        return await append(self, writes, clock)

    patch.setattr(LogWriter, "append", forgetful)


def refusals_are_not_verified(patch: pytest.MonkeyPatch, database: str) -> None:
    async def believe(self: LogWriter, writes: Writes) -> None:
        return None

    patch.setattr(LogWriter, "verify", believe)


def ids_are_not_remembered(patch: pytest.MonkeyPatch, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("ALTER TABLE till.commands DROP CONSTRAINT commands_pkey")

    async def all_new(self: Committer, batch: list[Pending]) -> list[Pending]:
        return list(batch)

    patch.setattr(Committer, "_without_known", all_new)


def a_batch_sees_only_what_was_there_before(patch: pytest.MonkeyPatch, database: str) -> None:
    def entry(self: Batch, key: int) -> Entry | None:
        known = self.base.get(key) or self.cache.get(key)
        if known is not None and key not in self.base:
            self._rely_on(known)
        return known

    patch.setattr(Batch, "entry", entry)


def what_was_decided_ahead_is_kept(patch: pytest.MonkeyPatch, database: str) -> None:
    async def turn(self: CommandLoop, flight: Flight | None) -> Flight | None:
        batch = self._take(alone=flight is None)
        ahead = self._committer.decide_ahead(flight, batch) if flight is not None and batch else None
        if flight is not None:
            await self._land(flight)
            self._committer.contended = False
        return await self._launch(batch, ahead)

    patch.setattr(CommandLoop, "_turn", turn)


def an_error_fails_the_whole_batch(patch: pytest.MonkeyPatch, database: str) -> None:
    async def give_up(self: CommandLoop, batch: list[Pending], error: Exception) -> None:
        for item in batch:
            item.fail(ExecutionFailed("all together"))

    patch.setattr(CommandLoop, "_after_failure", give_up)


def the_callers_future_is_the_loops_own(patch: pytest.MonkeyPatch, database: str) -> None:
    def set_result(self: Pending, outcome: Outcome) -> None:
        self.future.set_result(outcome)

    patch.setattr(Pending, "succeed", set_result)
    patch.setattr(asyncio, "shield", lambda future: future)


SCHEDULES: list[tuple[Schedule, Sabotage]] = [
    (a_read_only_dependency_moves_on, only_written_streams_are_compared),
    (a_refusal_rests_on_a_stale_state, refusals_are_not_verified),
    (a_command_id_is_in_the_log_already, ids_are_not_remembered),
    (the_connection_is_lost_after_the_commit, ids_are_not_remembered),
    (a_batch_reads_what_it_wrote, a_batch_sees_only_what_was_there_before),
    (a_batch_was_decided_ahead_of_one_that_did_not_land, what_was_decided_ahead_is_kept),
    (a_bad_command_among_good_ones, an_error_fails_the_whole_batch),
    (a_request_is_cancelled, the_callers_future_is_the_loops_own),
]


@pytest.mark.parametrize("schedule", [s for s, _ in SCHEDULES], ids=lambda s: s.__name__)
async def test_the_guarantee_holds(schedule: Schedule, database: str) -> None:
    assert await schedule(database)


@pytest.mark.parametrize(("schedule", "sabotage"), SCHEDULES, ids=lambda f: f.__name__)
async def test_the_guarantee_falls_with_its_guard(
    schedule: Schedule, sabotage: Sabotage, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch, database)
    try:
        held = await asyncio.wait_for(schedule(database), 30)
    except (AssertionError, TimeoutError, asyncio.InvalidStateError):
        held = False
    assert not held
