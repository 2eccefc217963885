"""The log is slow to answer, or what was sent to it arrives late: nobody is told what is not so, and all in time."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from time import perf_counter
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from application.ports.commands import DeadlineExceeded, Outcome, OutcomeUnknown
from application.ports.work import Work
from infrastructure.commandloop.committing import Committer
from infrastructure.commandloop.states import StateCache
from infrastructure.eventstore.writer import CommandKnown, LogWriter, Receipt, StoredEventRow
from infrastructure.eventstore.writes import Writes
from tests.support.loops import FixedClock, committer, envelope, running, total
from tests.support.tally import NOON, TALLIES, Raise, Raised, TallyFull, Total

PATIENT, IMPATIENT = 10.0, 0.5


def hasty(database: str) -> Committer:
    """Gives every statement 0.3 s."""
    return committer(make_conninfo(database, options="-c statement_timeout=300"))


async def test_a_lock_held_for_longer_than_a_statement_may_take_fails_no_command(database: str) -> None:
    tally = uuid4()
    with psycopg.connect(database) as holder:
        holder.execute("SELECT FROM till.log_head FOR UPDATE")
        async with running(hasty(database), patience=PATIENT) as loop:
            work = [asyncio.ensure_future(loop.submit(envelope(Raise(tally=tally)))) for _ in range(20)]
            done, _ = await asyncio.wait(work, timeout=1.0)
            assert not done
            holder.rollback()
            outcomes = await asyncio.gather(*work)
    assert all(isinstance(outcome, Outcome) for outcome in outcomes)
    assert total(database, tally) == 20


async def test_while_the_lock_is_held_every_command_is_answered_at_its_deadline(database: str) -> None:
    tally = uuid4()
    with psycopg.connect(database) as holder:
        holder.execute("SELECT FROM till.log_head FOR UPDATE")
        async with running(hasty(database), patience=IMPATIENT) as loop:
            began = perf_counter()
            commands = [envelope(Raise(tally=tally)) for _ in range(100)]
            answers = await asyncio.gather(*map(loop.submit, commands), return_exceptions=True)
            assert perf_counter() - began < 4 * IMPATIENT
        holder.rollback()
    assert {type(answer) for answer in answers} <= {DeadlineExceeded, OutcomeUnknown}
    assert total(database, tally) == 0


async def test_a_batch_that_needs_more_states_than_are_kept_is_decided(database: str) -> None:
    small = committer(database)
    small.cache = StateCache(3)
    async with running(small, patience=IMPATIENT) as loop, asyncio.timeout(PATIENT):
        commands = [envelope(Raise(tally=uuid4(), reading=uuid4())) for _ in range(20)]
        outcomes = await asyncio.gather(*map(loop.submit, commands))
    assert all(outcome.result for outcome in outcomes)
    assert len(small.cache) == 3


class Delays(LogWriter):
    """The connection is given up while the first append is still on its way."""

    on_its_way: tuple[Writes, datetime] | None = None

    async def append(self, writes: Writes, clock: datetime) -> Receipt:
        if self.on_its_way is not None:
            return await super().append(writes, clock)
        self.on_its_way = writes, clock
        await self.drop()
        raise psycopg.OperationalError("connection timed out")


async def arrives_now(database: str, delaying: LogWriter) -> None:
    assert isinstance(delaying, Delays)
    assert delaying.on_its_way is not None
    server = committer(database).writer
    try:
        await server.append(*delaying.on_its_way)
    finally:
        await server.drop()


async def test_what_was_refused_in_the_second_look_is_not_executed_late(database: str) -> None:
    tally, clock = uuid4(), FixedClock()

    def raise_by_noon(command: Raise, work: Work) -> Total:
        work.find(TALLIES, command.tally)
        if work.now > NOON:
            raise TallyFull("too late")
        clock.time = NOON + timedelta(seconds=1)
        work.record(TALLIES, command.tally, (Raised(tally=command.tally, by=1),))
        return Total(total=1)

    delaying = committer(database, handlers={Raise: raise_by_noon}, writer=Delays)
    delaying.clock = clock
    async with running(delaying) as loop:
        outcome = await loop.submit(envelope(Raise(tally=tally)))
        assert outcome.refusal is not None
        with pytest.raises(CommandKnown):
            await arrives_now(database, delaying.writer)
    assert total(database, tally) == 0


class DelaysAndIsCutOff(Delays):
    """The second look finds nothing, and does not get any further."""

    async def events_beyond(self, versions: Mapping[UUID, int]) -> list[StoredEventRow]:
        if self.on_its_way is None:
            return await super().events_beyond(versions)
        await self.drop()
        raise psycopg.OperationalError("no route to host")


async def test_a_look_that_finds_nothing_proves_nothing(database: str) -> None:
    tally = uuid4()
    delaying = committer(database, writer=DelaysAndIsCutOff)
    async with running(delaying, patience=IMPATIENT) as loop:
        with pytest.raises(OutcomeUnknown):
            await loop.submit(envelope(Raise(tally=tally)))
    await arrives_now(database, delaying.writer)
    assert total(database, tally) == 1
