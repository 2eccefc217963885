"""A cart shows what was put in beside what holds now."""

from uuid import UUID

import pytest

from domain.catalogue.events import ProductRepriced, ProductWithdrawn
from domain.shared.event import Event
from domain.shared.identifiers import OrderId, ProductId, open_cart_of, stock_of
from domain.shopping.events import (
    CartCheckedOut,
    CartCleared,
    CartItemPut,
    CartItemRemoved,
    CartOpened,
    CartRestored,
    RestoredItem,
)
from projections.cart_queries import CartRow, LineWarning, cart
from tests.support.happenings import BUYER, inr, listed, product, stocked
from tests.support.read_side import JOINED, ReadSide
from tests.support.times import NOON

CART = open_cart_of(BUYER)
OPENED = CartOpened(cart_id=CART, buyer_id=BUYER, at=NOON)
ONE, TWO, THREE = product(1), product(2), product(3)
ORDER = OrderId(UUID(int=9))


def put(id_: ProductId, quantity: int, price: int = 500) -> CartItemPut:
    return CartItemPut(product_id=id_, quantity=quantity, price=inr(price))


async def seen(shop: ReadSide) -> CartRow:
    row = await cart(shop.conn, BUYER, carts="carts_v1", **JOINED, at=NOON)
    assert row is not None
    return row


async def lines(shop: ReadSide) -> list[tuple[ProductId, int]]:
    return [(line.product_id, line.quantity) for line in (await seen(shop)).lines]


STORIES: list[tuple[list[Event], list[tuple[ProductId, int]]]] = [
    ([], []),
    ([put(TWO, 1), put(ONE, 2), put(TWO, 5)], [(TWO, 5), (ONE, 2)]),
    ([put(TWO, 1), put(ONE, 2), CartItemRemoved(product_id=TWO)], [(ONE, 2)]),
    ([put(TWO, 1), put(ONE, 2), CartItemRemoved(product_id=TWO), put(TWO, 3)], [(ONE, 2), (TWO, 3)]),
    ([put(TWO, 1), CartCleared(), put(ONE, 1)], [(ONE, 1)]),
    ([put(TWO, 1), CartItemRemoved(product_id=TWO), CartCheckedOut(order_id=ORDER)], []),
    (
        [
            put(ONE, 1),
            CartCheckedOut(order_id=ORDER),
            put(TWO, 1),
            CartRestored(
                order_id=ORDER,
                items=(
                    RestoredItem(product_id=THREE, quantity=4, price=inr(1)),
                    RestoredItem(product_id=ONE, quantity=1, price=inr(1)),
                ),
            ),
        ],
        [(TWO, 1), (THREE, 4), (ONE, 1)],
    ),
]


@pytest.mark.parametrize(("story", "expected"), STORIES)
async def test_lines_stand_in_the_order_they_were_added(
    shop: ReadSide, story: list[Event], expected: list[tuple[ProductId, int]]
) -> None:
    await shop.feed(shop.journal.record(CART, OPENED, *story, key=BUYER))
    assert await lines(shop) == expected


@pytest.mark.parametrize(("story", "expected"), STORIES)
async def test_event_by_event_comes_to_the_same(
    shop: ReadSide, story: list[Event], expected: list[tuple[ProductId, int]]
) -> None:
    for record in shop.journal.record(CART, OPENED, *story, key=BUYER):
        await shop.feed([record])
    assert await lines(shop) == expected
    assert (await seen(shop)).version == 1 + len(story)


async def test_lines_show_todays_price_and_warn(shop: ReadSide) -> None:
    for id_, on_hand in ((ONE, 10), (TWO, 2), (THREE, 10)):
        await shop.happened(id_, listed(id_, price=500))
        await shop.happened(stock_of(id_), *stocked(id_, on_hand), key=id_)
    unknown = product(4)
    await shop.happened(CART, OPENED, put(ONE, 3), put(TWO, 3), put(THREE, 3), put(unknown, 1), key=BUYER)
    await shop.happened(ONE, ProductRepriced(product_id=ONE, price=inr(600), discount=1_000, at=NOON))
    await shop.happened(THREE, ProductWithdrawn(product_id=THREE, at=NOON))
    row = await seen(shop)
    assert [(line.price.minor, line.available, line.warning) for line in row.lines] == [
        (540, 10, LineWarning.PRICE_CHANGED),
        (500, 2, LineWarning.SHORT),
        (500, 10, LineWarning.NOT_AVAILABLE),
        (500, 0, LineWarning.NOT_AVAILABLE),
    ]
    assert row.lines[0].full_price == inr(600)
    assert row.total("INR") == inr(3 * 540 + 3 * 500)


async def test_a_buyer_who_never_had_a_cart_has_none(shop: ReadSide) -> None:
    assert await cart(shop.conn, BUYER, carts="carts_v1", **JOINED, at=NOON) is None
