"""The command loop on a real log: batches, positions, replays and refusals."""

import asyncio
from uuid import uuid4

import msgspec
import pytest

from application.ports.commands import ExecutionFailed, KeyReused, Overloaded
from tests.support.loops import committer, envelope, rows, running, total
from tests.support.tally import Break, Raise, Stumble


async def test_commands_that_wait_together_are_committed_together(database: str) -> None:
    tally = uuid4()
    async with running(committer(database)) as loop:
        outcomes = await asyncio.gather(*(loop.submit(envelope(Raise(tally=tally))) for _ in range(200)))
    assert sorted(msgspec.json.decode(o.result or b"")["total"] for o in outcomes) == list(range(1, 201))
    assert [o.last_position for o in outcomes] == list(range(1, 201))
    assert total(database, tally) == 200
    assert len(rows(database, "SELECT DISTINCT xmin FROM till.stored_events")) < 10


async def test_positions_are_gap_free_and_versions_start_at_one(database: str) -> None:
    async with running(committer(database)) as one, running(committer(database)) as two:
        tallies = [uuid4() for _ in range(5)]
        loops = (one, two)
        await asyncio.gather(
            *(loops[n % 2].submit(envelope(Raise(tally=tallies[n % 5], limit=30))) for n in range(300)),
            return_exceptions=True,
        )
    positions = rows(database, "SELECT notification_id FROM till.stored_events ORDER BY 1")
    assert [p[0] for p in positions] == list(range(1, 151))
    versions = rows(
        database, "SELECT originator_id, array_agg(originator_version ORDER BY 1) FROM till.stored_events GROUP BY 1"
    )
    assert all(v == list(range(1, 31)) for _, v in versions)


async def test_a_repeated_id_is_answered_from_the_log(database: str) -> None:
    once = envelope(Raise(tally=uuid4(), limit=1), keyed=True, fingerprint=b"same")
    async with running(committer(database)) as loop:
        first = await loop.submit(once)
        second = await loop.submit(once)
    async with running(committer(database)) as elsewhere:
        third = await elsewhere.submit(once)
    assert [first.replayed, second.replayed, third.replayed] == [False, True, True]
    assert first.result == second.result == third.result
    assert first.slots == second.slots == third.slots


async def test_a_refusal_of_a_keyed_command_is_answered_again(database: str) -> None:
    tally = uuid4()
    once = envelope(Raise(tally=tally, by=2, limit=1), keyed=True)
    async with running(committer(database)) as loop:
        first = await loop.submit(once)
        second = await loop.submit(once)
    assert first.refusal is not None
    assert first.refusal.code == "tally-full"
    assert second.refusal == first.refusal
    assert second.replayed


async def test_another_request_under_the_same_id_is_refused(database: str) -> None:
    async with running(committer(database)) as loop:
        first = envelope(Raise(tally=uuid4()), keyed=True, fingerprint=b"one")
        await loop.submit(first)
        with pytest.raises(KeyReused):
            await loop.submit(msgspec.structs.replace(first, fingerprint=b"two"))
        both = envelope(Raise(tally=uuid4()), keyed=True, fingerprint=b"one")
        other = msgspec.structs.replace(both, fingerprint=b"two")
        results = await asyncio.gather(loop.submit(both), loop.submit(other), return_exceptions=True)
    assert [type(r).__name__ for r in results] == ["Outcome", "KeyReused"]


async def test_the_same_id_at_once_is_executed_once(database: str) -> None:
    tally = uuid4()
    once = envelope(Raise(tally=tally), keyed=True)
    async with running(committer(database)) as one, running(committer(database)) as two:
        outcomes = await asyncio.gather(*((one, two)[n % 2].submit(once) for n in range(50)))
    assert total(database, tally) == 1
    assert len({o.result for o in outcomes}) == 1
    assert sum(not o.replayed for o in outcomes) == 1


async def test_a_handler_with_a_bug_fails_alone(database: str) -> None:
    tally = uuid4()
    async with running(committer(database)) as loop:
        results = await asyncio.gather(
            *(loop.submit(envelope(Raise(tally=tally))) for _ in range(10)),
            loop.submit(envelope(Stumble())),
            return_exceptions=True,
        )
    assert isinstance(results[-1], ExecutionFailed)
    assert total(database, tally) == 10


async def test_a_full_queue_says_that_nothing_was_executed(database: str) -> None:
    tally = uuid4()
    async with running(committer(database), capacity=5) as loop:
        results = await asyncio.gather(
            *(loop.submit(envelope(Raise(tally=tally))) for _ in range(20)), return_exceptions=True
        )
    refused = [r for r in results if isinstance(r, Overloaded)]
    assert len(refused) == 15
    assert total(database, tally) == 5


async def test_time_and_position_agree_when_the_clock_jumps_back(database: str) -> None:
    from datetime import timedelta

    writer = committer(database)
    async with running(writer) as loop:
        await loop.submit(envelope(Raise(tally=uuid4())))
        writer.clock.time -= timedelta(hours=1)  # type: ignore[attr-defined]
        await loop.submit(envelope(Raise(tally=uuid4())))
    times = [row[0] for row in rows(database, "SELECT recorded_at FROM till.stored_events ORDER BY notification_id")]
    assert times[0] == times[1]


async def test_side_rows_are_written_with_the_command_or_not_at_all(database: str) -> None:
    person = uuid4()
    async with running(committer(database)) as loop:
        await loop.submit(envelope(Break(person=person)))
        with pytest.raises(ExecutionFailed):
            await loop.submit(envelope(Break(person=person)))
    assert rows(database, "SELECT count(*) FROM till.person_key") == [(1,)]
    assert rows(database, "SELECT count(*) FROM till.commands") == [(1,)]
