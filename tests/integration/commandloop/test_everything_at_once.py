"""Batches that are cut off, too small a cache, two processes, lost connections and repeated commands, all together."""

import asyncio
from random import Random
from uuid import UUID

import msgspec
import pytest

from application.ports.commands import Outcome
from infrastructure.commandloop.states import StateCache
from tests.support.cutting import cut_until_done
from tests.support.loops import committer, envelope, rows, running, total
from tests.support.tally import Raise

TALLIES = [UUID(int=number) for number in range(1, 13)]
LIMIT = 60


@pytest.mark.parametrize("seed", range(3))
async def test_every_answer_is_true_and_every_command_is_executed_once(
    database: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infrastructure.commandloop.batch.MAX_EVENTS", 7)
    random = Random(seed)
    committers = [committer(database), committer(database)]
    for each in committers:
        each.cache = StateCache(5)
    commands = [envelope(Raise(tally=random.choice(TALLIES), limit=LIMIT), keyed=True) for _ in range(1_000)]
    asked = [*commands, *random.choices(commands, k=300)]
    random.shuffle(asked)
    one, two = (running(each, capacity=9_999, patience=60) for each in committers)
    async with one as first, two as second:
        work = [asyncio.ensure_future(random.choice((first, second)).submit(each)) for each in asked]
        await cut_until_done(database, work, pause=lambda: random.uniform(0.02, 0.1))
        outcomes = await asyncio.gather(*work)
    by_id: dict[UUID, set[tuple[bytes | None, str | None]]] = {}
    for outcome in outcomes:
        by_id.setdefault(outcome.command_id, set()).add(
            (outcome.result, outcome.refusal.code if outcome.refusal else None)
        )
    assert all(len(answers) == 1 for answers in by_id.values()), "a repeated command was answered otherwise"
    stored = rows(database, "SELECT id, outcome, last_position FROM till.commands")
    answered = {o.command_id: ("refused" if o.refusal else "done", o.last_position) for o in outcomes}
    assert answered == {id_: (outcome, position) for id_, outcome, position in stored}
    for tally in TALLIES:
        wanted = sum(each.command.tally == tally for each in commands if isinstance(each.command, Raise))
        assert total(database, tally) == min(LIMIT, wanted)
    positions = rows(database, "SELECT notification_id FROM till.stored_events ORDER BY 1")
    assert [row[0] for row in positions] == list(range(1, len(positions) + 1))
    assert {type(outcome) for outcome in outcomes} == {Outcome}
    assert sorted(totals(outcomes)) == sorted(
        number for tally in TALLIES for number in range(1, total(database, tally) + 1)
    )


def totals(outcomes: list[Outcome]) -> list[int]:
    """Of what was raised, each once."""
    first = {outcome.command_id: outcome.result for outcome in outcomes if outcome.result is not None}
    return [msgspec.json.decode(result)["total"] for result in first.values()]
