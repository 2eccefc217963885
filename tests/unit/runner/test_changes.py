"""Marks of products move with whatever has changed, in whatever order the read models get there."""

from typing import cast
from uuid import UUID

from infrastructure.runner.changes import Changes, ChangesSince
from projections.projection import Connection

KETTLE, TOWEL = UUID(int=1), UUID(int=2)
NO_CONNECTION = cast(Connection, None)
SCHEMAS = {"stock": "stock_v1", "catalogue": "catalogue_v1"}


def source(changes: dict[UUID, int]) -> ChangesSince:
    async def since(_: Connection, _schema: str, position: int) -> list[tuple[UUID, int]]:
        return [(product, at) for product, at in changes.items() if at > position]

    return since


async def test_a_read_model_that_comes_later_moves_the_mark_though_another_was_further() -> None:
    """One append changed a price at 10 and the stock at 11; the stock is there first."""
    stock, catalogue = dict[UUID, int](), dict[UUID, int]()
    changes = Changes({"stock": source(stock), "catalogue": source(catalogue)})
    at = {"stock": {"s": 9}, "catalogue": {"c": 9}}
    await changes.look(NO_CONNECTION, SCHEMAS, at)
    before = [changes.mark(KETTLE), changes.mark(TOWEL), changes.mark(None)]

    stock[KETTLE] = 11
    await changes.look(NO_CONNECTION, SCHEMAS, at | {"stock": {"s": 11}})
    between = [changes.mark(KETTLE), changes.mark(TOWEL), changes.mark(None)]
    assert [one != other for one, other in zip(before, between, strict=True)] == [True, False, True]

    catalogue[KETTLE] = 10
    await changes.look(NO_CONNECTION, SCHEMAS, {"stock": {"s": 11}, "catalogue": {"c": 10}})
    after = [changes.mark(KETTLE), changes.mark(TOWEL), changes.mark(None)]
    assert [one != other for one, other in zip(between, after, strict=True)] == [True, False, True]

    await changes.look(NO_CONNECTION, SCHEMAS, {"stock": {"s": 12}, "catalogue": {"c": 12}})
    assert after == [changes.mark(KETTLE), changes.mark(TOWEL), changes.mark(None)]
