"""What buyers say of a product, and what it comes to in stars."""

from uuid import UUID

import pytest

from domain.catalogue.events import ReviewDeleted, ReviewEdited, ReviewEvent, ReviewGiven
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ProductId, review_of
from projections import bulk
from projections.reviews import changed_ratings
from tests.support.happenings import order_id, product
from tests.support.read_side import ReadSide
from tests.support.times import NOON

ONE, TWO = product(1), product(2)
BUYERS = [AccountId(UUID(int=0xB0 + n)) for n in range(4)]


def given(product_id: ProductId, buyer: AccountId, rating: int) -> ReviewGiven:
    return ReviewGiven(
        review_id=review_of(product_id, buyer),
        product_id=product_id,
        buyer_id=buyer,
        order_id=order_id(1),
        rating=rating,
        text=f"{rating} of 5",
        at=NOON,
    )


def edited(product_id: ProductId, buyer: AccountId, rating: int) -> ReviewEdited:
    review = review_of(product_id, buyer)
    return ReviewEdited(review_id=review, product_id=product_id, rating=rating, text="Anew.", at=NOON)


def deleted(product_id: ProductId, buyer: AccountId) -> ReviewDeleted:
    return ReviewDeleted(review_id=review_of(product_id, buyer), product_id=product_id, by=Actor.of(buyer), at=NOON)


STORY: list[ReviewEvent] = [
    given(ONE, BUYERS[0], 5),
    given(TWO, BUYERS[0], 1),
    given(ONE, BUYERS[1], 2),
    edited(ONE, BUYERS[0], 4),
    given(ONE, BUYERS[2], 3),
    deleted(ONE, BUYERS[1]),
    given(ONE, BUYERS[3], 5),
    deleted(ONE, BUYERS[3]),
    given(ONE, BUYERS[3], 1),
    deleted(TWO, BUYERS[0]),
]


async def happened(shop: ReadSide, events: list[ReviewEvent], *, at_once: bool) -> None:
    records = [shop.journal.write(event.review_id, event, key=event.product_id)[0] for event in events]
    for batch in [records] if at_once else [[record] for record in records]:
        await shop.feed(batch)


async def ratings(shop: ReadSide) -> dict[UUID, tuple[int, int]]:
    rows = await bulk.read(shop.conn, "SELECT product_id, reviews, stars FROM reviews_v1.rating")
    return {row[0]: (row[1], row[2]) for row in rows}


@pytest.mark.parametrize("at_once", [True, False])
async def test_stars_add_up_to_the_reviews_that_stand(shop: ReadSide, at_once: bool) -> None:
    await happened(shop, STORY, at_once=at_once)
    assert await ratings(shop) == {ONE: (3, 4 + 3 + 1), TWO: (0, 0)}
    rows = await bulk.read(shop.conn, "SELECT buyer_id, rating, version FROM reviews_v1.review ORDER BY given_at")
    assert rows == [(BUYERS[0], 4, 2), (BUYERS[2], 3, 1), (BUYERS[3], 1, 3)]


async def test_an_edit_of_a_review_that_was_skipped_counts_nothing(shop: ReadSide) -> None:
    await happened(shop, [edited(ONE, BUYERS[0], 4), deleted(ONE, BUYERS[0])], at_once=False)
    assert await ratings(shop) == {ONE: (0, 0)}


async def test_what_changed_is_told_by_position(shop: ReadSide) -> None:
    await happened(shop, STORY, at_once=True)
    head = shop.journal.positions
    assert await changed_ratings(shop.conn, "reviews_v1", head - 1) == [(TWO, head)]
