"""A wishlist shows what is wished for, the latest first."""

from datetime import timedelta

import pytest

from domain.shared.identifiers import ProductId, wishlist_of
from domain.shopping.events import WishAdded, WishlistEvent, WishlistOpened, WishRemoved
from projections.wishlists import wishlist
from tests.support.happenings import BUYER, SELLER, product
from tests.support.read_side import ReadSide
from tests.support.times import NOON

LIST = wishlist_of(BUYER)
OPENED = WishlistOpened(wishlist_id=LIST, buyer_id=BUYER, at=NOON)
ONE, TWO, THREE = product(1), product(2), product(3)


def added(id_: ProductId, hours: int = 0) -> WishAdded:
    return WishAdded(product_id=id_, at=NOON + timedelta(hours=hours))


def removed(id_: ProductId) -> WishRemoved:
    return WishRemoved(product_id=id_, at=NOON)


STORIES: list[tuple[list[WishlistEvent], list[ProductId]]] = [
    ([], []),
    ([added(ONE), added(TWO), added(THREE)], [THREE, TWO, ONE]),
    ([added(ONE), added(TWO), removed(ONE)], [TWO]),
    ([added(ONE), added(TWO), removed(ONE), added(ONE)], [ONE, TWO]),
    ([added(ONE), removed(ONE)], []),
]


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(("story", "expected"), STORIES)
async def test_the_latest_wish_is_shown_first(
    shop: ReadSide, story: list[WishlistEvent], expected: list[ProductId], at_once: bool
) -> None:
    records = shop.journal.record(LIST, OPENED, *story, key=BUYER)
    for batch in [records] if at_once else [[record] for record in records]:
        await shop.feed(batch)
    row = await wishlist(shop.conn, BUYER, wishlists="wishlists_v1")
    assert row is not None
    assert (row.id, row.version, [id_ for id_, _ in row.wishes]) == (LIST, 1 + len(story), expected)


async def test_a_wish_says_since_when(shop: ReadSide) -> None:
    await shop.happened(LIST, OPENED, added(ONE), removed(ONE), added(ONE, hours=3), key=BUYER)
    row = await wishlist(shop.conn, BUYER, wishlists="wishlists_v1")
    assert row is not None
    assert row.wishes == ((ONE, NOON + timedelta(hours=3)),)


async def test_who_never_wished_has_no_list(shop: ReadSide) -> None:
    await shop.happened(LIST, OPENED, added(ONE), key=BUYER)
    assert await wishlist(shop.conn, SELLER, wishlists="wishlists_v1") is None
