"""Prices in the catalogue change at the very instant a sale begins or ends, whoever looks and whatever is recorded."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.catalogue.events import SaleCancelled, SaleEnded, SaleScheduled, SaleStarted
from domain.shared.identifiers import CartId, ProductId
from domain.shopping.events import CartItemPut, CartOpened
from projections import bulk
from projections.cart_queries import LineWarning, cart
from projections.catalogue_listing import FOREVER
from projections.catalogue_lists import ProductQuery, Sort, product_lists
from projections.catalogue_queries import product
from tests.support.happenings import BUYER, inr, listed, stocked
from tests.support.happenings import product as numbered
from tests.support.read_side import JOINED, TABLES, ReadSide
from tests.support.times import NOON

HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)
PLAIN, DISCOUNTED, ON_SALE = (numbered(n) for n in range(3))
START, END, NEXT = NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR
BEFORE, BEGINS, LAST, OVER = START - INSTANT, START, END - INSTANT, END
WINDOW = SaleScheduled(product_id=ON_SALE, start=START, end=END, percentage=5_000, at=NOON)
LATER = SaleScheduled(product_id=ON_SALE, start=NEXT, end=NEXT + HOUR, percentage=100, at=NOON)


async def fill(shop: ReadSide) -> None:
    """Prices of 10, 11.70 and 12, and of 6 while the sale is on."""
    await shop.happened(PLAIN, listed(PLAIN, price=1_000))
    await shop.happened(DISCOUNTED, listed(DISCOUNTED, price=1_300, discount=1_000))
    await shop.happened(ON_SALE, listed(ON_SALE, price=1_200), WINDOW, LATER)


async def names(shop: ReadSide, query: ProductQuery, at: datetime) -> list[ProductId]:
    (page,) = await product_lists(shop.conn, [query], tables=TABLES, at=at)
    assert page.total == len(page.items)
    return [item.id for item in page.items]


@pytest.mark.parametrize(("at", "on"), [(BEFORE, False), (BEGINS, True), (LAST, True), (OVER, False)])
async def test_every_list_knows_the_price_of_the_instant(shop: ReadSide, at: datetime, on: bool) -> None:
    await fill(shop)
    by_price = await names(shop, ProductQuery(sort=Sort.PRICE, descending=False), at)
    assert by_price == ([ON_SALE, PLAIN, DISCOUNTED] if on else [PLAIN, DISCOUNTED, ON_SALE])
    by_discount = await names(shop, ProductQuery(sort=Sort.DISCOUNT), at)
    assert by_discount[0] == (ON_SALE if on else DISCOUNTED)
    assert set(await names(shop, ProductQuery(on_sale=True), at)) == ({ON_SALE, DISCOUNTED} if on else {DISCOUNTED})
    assert (ON_SALE in await names(shop, ProductQuery(on_sale=False), at)) is not on
    assert await names(shop, ProductQuery(max_price=900), at) == ([ON_SALE] if on else [])
    assert (ON_SALE in await names(shop, ProductQuery(min_price=900), at)) is not on
    assert await names(shop, ProductQuery(min_discount=5_000), at) == ([ON_SALE] if on else [])


@pytest.mark.parametrize(
    ("at", "price", "shown", "until"),
    [
        (BEFORE, 1_200, START, START),
        (BEGINS, 600, START, END),
        (LAST, 600, START, END),
        (OVER, 1_200, NEXT, NEXT),
        (NEXT, 1_188, NEXT, NEXT + HOUR),
        (NEXT + HOUR, 1_200, None, FOREVER),
    ],
)
async def test_a_product_and_its_place_in_lists_say_until_when_they_hold(
    shop: ReadSide, at: datetime, price: int, shown: datetime | None, until: datetime
) -> None:
    await fill(shop)
    row = await product(shop.conn, ON_SALE, tables=TABLES, at=at)
    assert row is not None
    assert (row.effective_price, row.sale.start if row.sale else None) == (inr(price), shown)
    (page,) = await product_lists(shop.conn, [ProductQuery(sort=Sort.NAME)], tables=TABLES, at=at)
    places = {item.id: item.until for item in page.items}
    assert row.price_until == places[ON_SALE] == until
    assert (places[PLAIN], page.until) == (FOREVER, None if until == FOREVER else until)


async def test_what_is_noted_at_the_ends_changes_no_price_before_or_after(shop: ReadSide) -> None:
    await fill(shop)
    started = SaleStarted(product_id=ON_SALE, start=START, end=END, percentage=5_000, at=START + INSTANT)
    await shop.happened(ON_SALE, started)
    for at, on in ((BEGINS, True), (LAST, True), (OVER, False)):
        assert (ON_SALE in await names(shop, ProductQuery(max_price=900), at)) is on
    await shop.happened(ON_SALE, SaleEnded(product_id=ON_SALE, start=START, end=END, at=END + INSTANT))
    assert ON_SALE not in await names(shop, ProductQuery(max_price=900), OVER)
    rows = await bulk.read(shop.conn, "SELECT count(*) FROM catalogue_v1.listing WHERE id = %b", (ON_SALE,))
    assert rows == [(3,)], "what is over is listed no more"


async def test_a_sale_that_is_called_off_is_over_at_once(shop: ReadSide) -> None:
    await fill(shop)
    await shop.happened(ON_SALE, SaleCancelled(product_id=ON_SALE, start=START, end=END, at=START + INSTANT))
    assert await names(shop, ProductQuery(max_price=900), LAST) == []


async def test_the_cart_is_shown_at_the_prices_of_the_instant(shop: ReadSide) -> None:
    await fill(shop)
    await shop.happened(UUID(int=9), *stocked(ON_SALE, 5), key=ON_SALE)
    cart_id = CartId(UUID(int=8))
    put = CartItemPut(product_id=ON_SALE, quantity=2, price=inr(600))
    await shop.happened(cart_id, CartOpened(cart_id=cart_id, buyer_id=BUYER, at=NOON), put, key=BUYER)
    for at, price, warning in ((LAST, 600, None), (OVER, 1_200, LineWarning.PRICE_CHANGED)):
        row = await cart(shop.conn, BUYER, carts="carts_v1", **JOINED, at=at)
        assert row is not None
        assert (row.lines[0].price, row.lines[0].full_price, row.lines[0].warning) == (inr(price), inr(1_200), warning)
