"""The catalogue as clients browse it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.catalogue.category_events import CategoryAdded, CategoryMoved
from domain.catalogue.events import ProductDescribed, ProductRepriced, ProductRestored, ProductWithdrawn
from domain.shared.identifiers import CATEGORY_TREE, AccountId, CategoryId, ProductId
from projections.catalogue import changed_products
from projections.catalogue_lists import ProductList, ProductQuery, Sort, product_lists
from projections.catalogue_queries import product, products_by_id
from projections.categories import changed_categories
from tests.support.happenings import SELLER, inr, listed, stocked
from tests.support.happenings import product as numbered
from tests.support.read_side import TABLES, ReadSide
from tests.support.times import NOON

OTHER = AccountId(UUID(int=0x52))
FIVE = [numbered(n) for n in range(5)]


async def fill(shop: ReadSide) -> None:
    """Five products; prices rise, discounts fall; the even ones are in stock, the last is another seller's."""
    for n, id_ in enumerate(FIVE):
        at = NOON + timedelta(minutes=n)
        event = listed(
            id_, name=f"{'edcba'[n]} soap", price=1000 * (n + 1), discount=400 - 100 * n, at=at,
            seller=OTHER if n == 4 else SELLER,
        )  # fmt: skip
        await shop.happened(id_, event)
        if n % 2 == 0:
            await shop.happened(UUID(int=0x900 + n), *stocked(id_, 3), key=id_)


async def found(shop: ReadSide, query: ProductQuery, *, at: datetime = NOON) -> ProductList:
    """Asked alone and beside others of its shape, it is the same list."""
    alone = await product_lists(shop.conn, [query], tables=TABLES, at=at)
    assert await product_lists(shop.conn, [query] * 3, tables=TABLES, at=at) == alone * 3
    return alone[0]


def numbers(found: ProductList) -> list[int]:
    return [FIVE.index(row.id) for row in found.items]


async def test_a_listed_product_is_shown_with_its_price_and_stock(shop: ReadSide) -> None:
    await shop.happened(FIVE[0], listed(FIVE[0], price=999, discount=1_500))
    await shop.happened(UUID(int=1), *stocked(FIVE[0], 7), key=FIVE[0])
    row = await product(shop.conn, FIVE[0], tables=TABLES, at=NOON)
    assert row is not None
    assert (row.price, row.effective_price, row.discount) == (inr(999), inr(849), 1_500)
    assert (row.on_hand, row.reserved, row.available, row.stock_position) == (7, 0, 7, 3)
    assert (row.attributes, row.version, row.position, row.withdrawn) == ({"size": "200 ml"}, 1, 1, False)


async def test_changes_of_one_batch_and_of_many_leave_the_same(shop: ReadSide) -> None:
    events = (
        listed(FIVE[0]),
        ProductDescribed(product_id=FIVE[0], name="B", description="d", sku="s", attributes={}, at=NOON),
        ProductRepriced(product_id=FIVE[0], price=inr(5), discount=10_000, at=NOON),
    )
    await shop.feed(shop.journal.record(FIVE[0], *events))
    for event in events:
        await shop.feed(shop.journal.record(FIVE[1], replace(event, product_id=FIVE[1])))
    one, other = (await products_by_id(shop.conn, FIVE[:2], tables=TABLES, at=NOON)).values()
    assert one.name == other.name == "B"
    assert one.effective_price == other.effective_price == inr(0)
    assert (one.version, other.version) == (3, 3)


async def test_a_withdrawn_product_leaves_the_lists_and_comes_back(shop: ReadSide) -> None:
    await fill(shop)
    await shop.happened(FIVE[1], ProductWithdrawn(product_id=FIVE[1], at=NOON))
    assert (await found(shop, ProductQuery(sort=Sort.PRICE, descending=False))).total == 4
    row = await product(shop.conn, FIVE[1], tables=TABLES, at=NOON)
    assert row is not None
    assert row.withdrawn
    await shop.happened(FIVE[1], ProductRestored(product_id=FIVE[1], at=NOON))
    assert (await found(shop, ProductQuery())).total == 5


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (ProductQuery(), [4, 3, 2, 1, 0]),
        (ProductQuery(descending=False), [0, 1, 2, 3, 4]),
        (ProductQuery(sort=Sort.NAME, descending=False), [4, 3, 2, 1, 0]),
        (ProductQuery(sort=Sort.PRICE), [4, 3, 2, 1, 0]),
        (ProductQuery(sort=Sort.DISCOUNT), [0, 1, 2, 3, 4]),
        (ProductQuery(seller=OTHER), [4]),
        (ProductQuery(min_price=1_940, max_price=2_940), [2, 1]),
        (ProductQuery(min_discount=200), [2, 1, 0]),
        (ProductQuery(on_sale=True), [3, 2, 1, 0]),
        (ProductQuery(on_sale=False), [4]),
        (ProductQuery(in_stock=True), [4, 2, 0]),
        (ProductQuery(in_stock=False), [3, 1]),
        (ProductQuery(in_stock=True, seller=SELLER, on_sale=True), [2, 0]),
    ],
)
async def test_lists_are_filtered_and_sorted(shop: ReadSide, query: ProductQuery, expected: list[int]) -> None:
    await fill(shop)
    page = await found(shop, query)
    assert (numbers(page), page.total, page.next) == (expected, len(expected), None)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("descending", [True, False])
async def test_pages_and_cursors_walk_the_whole_list_once(shop: ReadSide, sort: Sort, descending: bool) -> None:
    await fill(shop)
    await shop.happened(FIVE[3], ProductRepriced(product_id=FIVE[3], price=inr(960), discount=0, at=NOON))
    whole = numbers(await found(shop, ProductQuery(sort=sort, descending=descending)))
    assert sorted(whole) == list(range(5))
    paged, walked, after = list[int](), list[int](), None
    for offset in (0, 2, 4):
        page = await found(shop, ProductQuery(sort=sort, descending=descending, limit=2, offset=offset))
        assert page.total == 5
        paged += numbers(page)
    while True:
        page = await found(shop, ProductQuery(sort=sort, descending=descending, limit=2, after=after))
        walked += numbers(page)
        if (after := page.next) is None:
            break
    assert paged == walked == whole


async def test_a_page_behind_the_end_still_knows_the_total(shop: ReadSide) -> None:
    await fill(shop)
    assert await found(shop, ProductQuery(offset=40)) == ProductList((), 5, None, None)
    assert await found(shop, ProductQuery(seller=ProductId(UUID(int=7)))) == ProductList((), 0, None, None)  # type: ignore[arg-type]


async def test_what_changed_is_told_by_position(shop: ReadSide) -> None:
    await fill(shop)
    head = shop.journal.positions
    assert await changed_products(shop.conn, "catalogue_v1", head) == []
    await shop.happened(FIVE[2], ProductWithdrawn(product_id=FIVE[2], at=NOON))
    assert await changed_products(shop.conn, "catalogue_v1", head) == [(FIVE[2], head + 1)]


async def test_a_category_lists_what_stands_in_it_and_below(shop: ReadSide) -> None:
    tea, green, spices = (CategoryId(UUID(int=number)) for number in (1, 2, 3))
    for category, below in ((tea, None), (green, tea), (spices, None)):
        added = CategoryAdded(category_id=category, name=f"No. {category.int}", parent_id=below, tax_rate=None, at=NOON)
        await shop.happened(CATEGORY_TREE, added)
    places = (tea, green, None, spices, green)
    for n, (id_, place) in enumerate(zip(FIVE, places, strict=True)):
        await shop.happened(id_, listed(id_, category=place, at=NOON + timedelta(minutes=n)))
    assert numbers(await found(shop, ProductQuery(category=tea))) == [4, 1, 0]
    assert (await found(shop, ProductQuery(category=green, limit=1))).total == 2
    row = await product(shop.conn, FIVE[1], tables=TABLES, at=NOON)
    assert row is not None
    assert (row.category_id, row.category_name, row.category_position) == (green, "No. 2", 2)
    await shop.happened(CATEGORY_TREE, CategoryMoved(category_id=green, parent_id=spices, at=NOON))
    assert numbers(await found(shop, ProductQuery(category=tea))) == [0]
    assert numbers(await found(shop, ProductQuery(category=spices))) == [4, 3, 1]
    assert await changed_categories(shop.conn, "categories_v1", shop.journal.positions) == []
    assert await changed_categories(shop.conn, "categories_v1", shop.journal.positions - 1) is None
