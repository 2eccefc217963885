"""The tree of categories as it is read."""

from uuid import UUID

from domain.catalogue.category_events import (
    CategoryAdded,
    CategoryClosing,
    CategoryEvent,
    CategoryMoved,
    CategoryRemoved,
    CategoryRenamed,
    CategoryReopened,
    CategoryTaxRateSet,
)
from domain.shared.identifiers import CATEGORY_TREE, CategoryId
from projections import bulk
from projections.categories import CategoryRow, categories
from tests.support.read_side import ReadSide
from tests.support.times import NOON

TEA, GREEN, BLACK, SPICES = [CategoryId(UUID(int=number)) for number in range(1, 5)]
CLOSING = UUID(int=9)


def added(category: CategoryId, name: str, below: CategoryId | None = None) -> CategoryAdded:
    return CategoryAdded(category_id=category, name=name, parent_id=below, tax_rate=None, at=NOON)


GROWN = (added(TEA, "Tea"), added(GREEN, "green", TEA), added(BLACK, "Black", GREEN), added(SPICES, "Spices"))
CHANGED: tuple[CategoryEvent, ...] = (
    CategoryMoved(category_id=GREEN, parent_id=SPICES, at=NOON),
    CategoryRenamed(category_id=SPICES, name="All spices", at=NOON),
    CategoryTaxRateSet(category_id=TEA, tax_rate=500, at=NOON),
    CategoryClosing(category_id=TEA, closing=CLOSING, at=NOON),
)


async def rows(shop: ReadSide) -> dict[CategoryId, CategoryRow]:
    return {row.id: row for row in await categories(shop.conn, "categories_v1")}


async def below(shop: ReadSide, category: CategoryId) -> set[UUID]:
    query = "SELECT id FROM categories_v1.category WHERE path @> ARRAY[%b]::uuid[]"
    return {row[0] for row in await bulk.read(shop.conn, query, (category,))}


async def test_the_way_to_a_category_follows_it_and_all_above_it(shop: ReadSide) -> None:
    await shop.happened(CATEGORY_TREE, *GROWN)
    assert await below(shop, TEA) == {TEA, GREEN, BLACK}
    await shop.happened(CATEGORY_TREE, *CHANGED)
    found = await rows(shop)
    assert list(found[BLACK].path) == [SPICES, GREEN, BLACK]
    assert (await below(shop, TEA), await below(shop, SPICES)) == ({TEA}, {SPICES, GREEN, BLACK})
    assert [row.name for row in found.values()] == ["All spices", "Black", "green", "Tea"]
    assert (found[TEA].tax_rate, found[TEA].closing, found[TEA].version) == (500, CLOSING, 3)
    assert (found[BLACK].version, found[BLACK].position) == (1, 3)


async def test_what_is_removed_is_gone_and_what_is_reopened_stays(shop: ReadSide) -> None:
    await shop.happened(CATEGORY_TREE, *GROWN, *CHANGED)
    await shop.happened(CATEGORY_TREE, CategoryReopened(category_id=TEA, at=NOON))
    assert (await rows(shop))[TEA].closing is None
    await shop.happened(CATEGORY_TREE, CategoryRemoved(category_id=TEA, at=NOON))
    assert TEA not in await rows(shop)


async def test_one_batch_and_many_leave_the_same(shop: ReadSide) -> None:
    records = shop.journal.record(CATEGORY_TREE, *GROWN, *CHANGED, CategoryRemoved(category_id=TEA, at=NOON))
    await shop.feed(records)
    at_once = await rows(shop)
    await shop.conn.execute("TRUNCATE categories_v1.category; UPDATE till.tracking SET position = 0")
    for record in records:
        await shop.feed([record])
    assert await rows(shop) == at_once
