"""The database goes away, and comes back, and nothing is lost or doubled."""

import asyncio
from datetime import datetime
from uuid import uuid4

import psycopg
import pytest

from application.ports.commands import DeadlineExceeded, OutcomeUnknown
from application.ports.work import Work
from infrastructure.eventstore.codec import MAX_EVENT_BYTES
from infrastructure.eventstore.writer import Connection, LogWriter, Receipt
from infrastructure.eventstore.writes import Writes
from tests.support.cutting import cut_until_done
from tests.support.loops import committer, envelope, rows, running, total
from tests.support.tally import TALLIES, Raise, Raised, Total


async def test_every_command_is_executed_once_while_connections_are_cut(database: str) -> None:
    tally = uuid4()
    one, two = (running(committer(database), patience=60) for _ in range(2))
    async with one as first, two as second:
        loops = (first, second)
        work = [asyncio.ensure_future(loops[n % 2].submit(envelope(Raise(tally=tally)))) for n in range(1_500)]
        cuts = await cut_until_done(database, work, pause=lambda: 0.03)
        outcomes = await asyncio.gather(*work)
    assert cuts >= 3
    assert all(outcome.result for outcome in outcomes)
    assert total(database, tally) == 1_500
    positions = sorted(outcome.last_position or 0 for outcome in outcomes)
    assert positions == list(range(1, 1_501))


class Unreachable(LogWriter):
    """Appends nothing and never answers."""

    async def append(self, writes: Writes, clock: datetime) -> Receipt:
        await self.drop()
        raise psycopg.OperationalError("no route to host")

    async def connection(self) -> Connection:
        raise psycopg.OperationalError("no route to host")


async def test_a_command_that_never_left_is_not_executed_and_says_so(database: str) -> None:
    async with running(committer(database, writer=Unreachable), patience=0.2) as loop:
        with pytest.raises(DeadlineExceeded):
            await loop.submit(envelope(Raise(tally=uuid4())))


class GoneForGood(Unreachable):
    """The append went out; then there was silence."""

    appended = False

    async def append(self, writes: Writes, clock: datetime) -> Receipt:
        self.appended = True
        await self.drop()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    async def connection(self) -> Connection:
        if self.appended:
            raise psycopg.OperationalError("no route to host")
        return await LogWriter.connection(self)


async def test_a_command_whose_answer_was_lost_for_good_is_in_doubt_and_says_so(database: str) -> None:
    async with running(committer(database, writer=GoneForGood), patience=0.2) as loop:
        with pytest.raises(OutcomeUnknown):
            await loop.submit(envelope(Raise(tally=uuid4())))


def enormous(command: Raise, work: Work) -> Total:
    work.record(TALLIES, command.tally, (Raised(tally=command.tally, by=1, note="x" * MAX_EVENT_BYTES),))
    return Total(total=1)


async def test_an_event_over_the_limit_is_refused_before_it_gets_to_the_log(database: str) -> None:
    async with running(committer(database, handlers={Raise: enormous})) as loop:
        outcome = await loop.submit(envelope(Raise(tally=uuid4())))
    assert outcome.refusal is not None
    assert outcome.refusal.code == "too-large-to-record"
    assert rows(database, "SELECT count(*) FROM till.stored_events") == [(0,)]
