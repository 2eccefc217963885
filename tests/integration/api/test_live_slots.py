"""Slots of the read model come in any order; who goes on where it was told that all was told, misses nothing."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.live_levels import LiveLevels
from api.live_streams import batches
from application.ports.log import Record
from domain.shared.identifiers import ProductId, stock_of
from infrastructure.postgres.pools import open_pool
from infrastructure.runner.read_positions import ReadPositions
from projections.stock_levels import STOCK_LEVELS
from tests.support.happenings import product, stocked
from tests.support.journal import SLOTS
from tests.support.read_side import ReadSide, read_side_on


@pytest.fixture
async def side(database: str) -> AsyncIterator[tuple[ReadSide, LiveLevels]]:
    async with read_side_on(database) as side, open_pool(database, process="test") as pool:
        positions = ReadPositions(connect=side.journal.connect)
        await positions.start()
        levels = LiveLevels(cast("Any", SimpleNamespace(pool=pool, positions=positions)))
        yield side, levels
        await levels.aclose()
        await positions.close()


def stock(side: ReadSide, product_id: ProductId, on_hand: int) -> list[Record]:
    return side.journal.write(stock_of(product_id), *stocked(product_id, on_hand), key=product_id)


async def feed(side: ReadSide, records: list[Record]) -> None:
    """The slot of these alone moves, as Kafka brings it."""
    slot = SLOTS.of(records[0])
    ends = {slot: records[-1].position}
    await side.feeder(STOCK_LEVELS).feed(side.conn, records, ends=ends, after={slot: 0})


def in_other_slots() -> tuple[ProductId, ProductId]:
    """Two products whose events queue up apart."""
    one = product(1)
    record = {n: SimpleNamespace(family="catalogue", key=product(n)) for n in range(1, 50)}
    other = next(n for n in record if SLOTS.of(cast("Any", record[n])) != SLOTS.of(cast("Any", record[1])))
    return one, product(other)


async def known(levels: LiveLevels, after: int | None, number: int) -> tuple[dict[ProductId, int], int]:
    """So many products, with what there is of them, and from where a client would go on."""
    found: dict[ProductId, int] = {}
    async with levels.follow(None, after=after) as follower:
        async for changes in batches(follower, silence=5):
            found |= {change.product_id: change.available for change in changes}
            if len(found) >= number and follower.idle:
                break
        return found, follower.reached


async def test_a_late_slot_is_not_missed_by_who_comes_back(side: tuple[ReadSide, LiveLevels]) -> None:
    shop, levels = side
    late, early = in_other_slots()
    late_records, early_records = stock(shop, late, 5), stock(shop, early, 7)
    await feed(shop, early_records)
    found, reached = await known(levels, None, 1)
    assert found == {early: 7}
    assert reached < late_records[0].position
    await feed(shop, late_records)
    found, _ = await known(levels, reached, 2)
    assert found[late] == 5


async def test_a_late_slot_is_told_to_who_is_still_there(side: tuple[ReadSide, LiveLevels]) -> None:
    shop, levels = side
    late, early = in_other_slots()
    late_records, early_records = stock(shop, late, 5), stock(shop, early, 7)
    await feed(shop, early_records)
    found: dict[ProductId, int] = {}
    async with levels.follow(None, after=None) as follower:
        async for changes in batches(follower, silence=5):
            found |= {change.product_id: change.available for change in changes}
            if early in found and late not in found:
                await feed(shop, late_records)
            if late in found:
                break
    assert found == {early: 7, late: 5}
