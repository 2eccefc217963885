"""Two processes move two categories under each other: one of them is late, and is told so."""

import asyncio
from typing import cast
from uuid import UUID

from application.categories import AddCategory, EditCategory
from application.ports.commands import Outcome
from domain.catalogue.branches import path_of
from domain.catalogue.categories import CATEGORY_TREES, CategoryTree
from domain.catalogue.category_events import CategoryEvent
from domain.shared.identifiers import CATEGORY_TREE, CategoryId
from infrastructure.bootstrap.tables import handlers
from infrastructure.eventstore.registry import event_codec
from tests.support.given import after
from tests.support.loops import committer, envelope, rows, running
from tests.support.shop import POLICY

PAIRS = [(CategoryId(UUID(int=2 * n)), CategoryId(UUID(int=2 * n + 1))) for n in range(1, 41)]


def stored(database: str) -> CategoryTree:
    codec = event_codec()
    query = "SELECT topic, state FROM till.stored_events WHERE originator_id = %s ORDER BY originator_version"
    events = [codec.decode(*row) for row in rows(database, query, CATEGORY_TREE)]
    return after(CATEGORY_TREES, cast("list[CategoryEvent]", events))


def accepted(outcomes: list[Outcome]) -> list[bool]:
    refused = [outcome.refusal.code for outcome in outcomes if outcome.refusal is not None]
    assert set(refused) <= {"category-inside-itself"}
    return [outcome.refusal is None for outcome in outcomes]


async def test_the_later_of_two_moves_is_decided_on_what_the_earlier_left(database: str) -> None:
    committers = [committer(database, handlers=handlers(POLICY), codec=event_codec()) for _ in range(2)]
    async with running(committers[0]) as one, running(committers[1]) as two:
        for pair in PAIRS:
            for category in pair:
                added = AddCategory(category_id=category, title=str(category))
                assert (await one.submit(envelope(added))).refusal is None
        (first, second), *others = PAIRS
        # Both processes know the tree as it is; then one learns nothing of what the other does.
        await two.submit(envelope(EditCategory(category_id=first, tax_rate=1)))
        await one.submit(envelope(EditCategory(category_id=first, tax_rate=2)))
        stale = EditCategory(category_id=second, parent_id=first)
        outcomes = [
            await one.submit(envelope(EditCategory(category_id=first, parent_id=second))),
            await two.submit(envelope(stale)),
        ]
        assert accepted(outcomes) == [True, False]
        at_once = [
            loop.submit(envelope(EditCategory(category_id=category, parent_id=parent)))
            for one_, other in others
            for loop, category, parent in ((one, one_, other), (two, other, one_))
        ]
        won = accepted(await asyncio.gather(*at_once))
    assert [won[at] + won[at + 1] for at in range(0, len(won), 2)] == [1] * len(others)
    tree = await asyncio.to_thread(stored, database)
    assert sorted(len(path_of(tree.nodes, each)) for each in tree.nodes) == sorted([1, 2] * len(PAIRS))
