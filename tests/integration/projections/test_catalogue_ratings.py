"""The catalogue by what buyers say of it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from domain.catalogue.events import ProductWithdrawn, ReviewDeleted, ReviewEdited, ReviewGiven
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ProductId, review_of
from projections.catalogue_lists import After, ProductList, ProductQuery, Sort, asked, product_lists
from projections.catalogue_queries import ProductRow, products_by_id
from tests.support.happenings import listed, order_id, stocked
from tests.support.happenings import product as numbered
from tests.support.read_side import TABLES, ReadSide
from tests.support.times import NOON

SIX = [numbered(n) for n in range(6)]
STARS = {0: [3], 2: [5, 4, 4], 3: [3], 5: [5, 5, 5]}
"""What is said of whom; of the others nothing."""
BEST_FIRST, WORST_FIRST = [5, 2, 3, 0, 4, 1], [0, 3, 2, 5, 1, 4]


def reviewer(number: int) -> AccountId:
    return AccountId(UUID(int=0xB0 + number))


async def reviewed(shop: ReadSide, product_id: ProductId, stars: Sequence[int]) -> None:
    for number, rating in enumerate(stars):
        review = review_of(product_id, reviewer(number))
        given = ReviewGiven(
            review_id=review, product_id=product_id, buyer_id=reviewer(number), order_id=order_id(1),
            rating=rating, text="So.", at=NOON,
        )  # fmt: skip
        await shop.happened(review, given, key=product_id)


async def fill(shop: ReadSide, stars: Mapping[int, Sequence[int]] = STARS) -> None:
    """Six products, the even ones in stock."""
    for n, id_ in enumerate(SIX):
        await shop.happened(id_, listed(id_, price=1_000 * (n + 1), at=NOON + timedelta(minutes=n)))
        await reviewed(shop, id_, stars.get(n, []))
        if n % 2 == 0:
            await shop.happened(UUID(int=0x900 + n), *stocked(id_, 3), key=id_)


async def found(shop: ReadSide, query: ProductQuery) -> ProductList:
    (one,) = await product_lists(shop.conn, [query], tables=TABLES, at=NOON)
    return one


async def walked(shop: ReadSide, *, descending: bool, limit: int) -> list[int]:
    """By cursors, to the end."""
    numbers, after = list[int](), None
    while True:
        page = await found(shop, ProductQuery(sort=Sort.RATING, descending=descending, limit=limit, after=after))
        assert len(page.items) <= limit
        numbers += [SIX.index(row.id) for row in page.items]
        if (after := page.next) is None:
            return numbers


async def row_of(shop: ReadSide, product_id: ProductId) -> ProductRow:
    return (await products_by_id(shop.conn, [product_id], tables=TABLES, at=NOON))[product_id]


@pytest.mark.parametrize(("descending", "expected"), [(True, BEST_FIRST), (False, WORST_FIRST)])
async def test_those_without_a_rating_come_last_in_either_direction(
    shop: ReadSide, descending: bool, expected: list[int]
) -> None:
    await fill(shop)
    query = ProductQuery(sort=Sort.RATING, descending=descending)
    page = await found(shop, query)
    assert ([SIX.index(row.id) for row in page.items], page.total, page.next) == (expected, 6, None)
    assert await product_lists(shop.conn, [query] * 3, tables=TABLES, at=NOON) == [page] * 3


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize(("descending", "expected"), [(True, BEST_FIRST), (False, WORST_FIRST)])
async def test_pages_and_cursors_of_any_size_walk_it_once(
    shop: ReadSide, descending: bool, expected: list[int], limit: int
) -> None:
    await fill(shop)
    assert await walked(shop, descending=descending, limit=limit) == expected
    paged = list[int]()
    for offset in range(0, 7, limit):
        page = await found(shop, ProductQuery(sort=Sort.RATING, descending=descending, limit=limit, offset=offset))
        paged += [SIX.index(row.id) for row in page.items]
    assert paged == expected


@pytest.mark.parametrize("stars", [{}, {n: [4] for n in range(6)}], ids=["none", "all alike"])
async def test_equal_ones_are_walked_once_too(shop: ReadSide, stars: Mapping[int, Sequence[int]]) -> None:
    await fill(shop, stars)
    assert await walked(shop, descending=True, limit=2) == [5, 4, 3, 2, 1, 0]
    assert await walked(shop, descending=False, limit=2) == [0, 1, 2, 3, 4, 5]


async def test_filters_hold_and_the_withdrawn_are_not_shown(shop: ReadSide) -> None:
    await fill(shop)
    await shop.happened(SIX[2], ProductWithdrawn(product_id=SIX[2], at=NOON))
    stocked_ones = await found(shop, ProductQuery(sort=Sort.RATING, in_stock=True))
    assert ([SIX.index(row.id) for row in stocked_ones.items], stocked_ones.total) == ([0, 4], 2)
    cheap = await found(shop, ProductQuery(sort=Sort.RATING, max_price=2_000, limit=1))
    assert (SIX.index(cheap.items[0].id), cheap.next) == (0, After(300, SIX[0]))


async def test_a_rating_is_the_average_to_two_decimals_and_goes_with_the_last_review(shop: ReadSide) -> None:
    await fill(shop)
    row = await row_of(shop, SIX[2])
    assert (row.rating, row.reviews) == (433, 3)
    assert row.listed in (await found(shop, ProductQuery(sort=Sort.RATING))).items
    for number, what in enumerate(("edited", "deleted", "deleted", "deleted")):
        who = reviewer(number - (number > 0))
        review = review_of(SIX[2], who)
        await shop.happened(
            review,
            ReviewEdited(review_id=review, product_id=SIX[2], rating=1, text="Leaks.", at=NOON)
            if what == "edited"
            else ReviewDeleted(review_id=review, product_id=SIX[2], by=Actor.of(who), at=NOON),
            key=SIX[2],
        )
        row = await row_of(shop, SIX[2])
        assert row.rating_position == shop.journal.positions
        assert (row.rating, row.reviews) == [(300, 3), (400, 2), (400, 1), (None, 0)][number]
    never = await row_of(shop, SIX[1])
    assert (never.rating, never.reviews, never.rating_position) == (None, 0, 0)
    assert await walked(shop, descending=True, limit=2) == [5, 3, 0, 4, 2, 1]


async def test_the_best_are_found_by_an_index(shop: ReadSide) -> None:
    """Of many products as many are read as a page takes, not all that are rated."""
    await shop.conn.execute(
        "INSERT INTO reviews_v1.rating SELECT gen_random_uuid(), 1 + n % 7, 1 + n % 7 + n % 29, n FROM"
        " generate_series(1, 5000) AS n"
    )
    await shop.conn.execute(
        "INSERT INTO catalogue_v1.listing SELECT product_id, '1970-01-01Z', '9999-12-31Z', product_id, NULL, 'kettle',"
        " %s, 1000, 0, false, position FROM reviews_v1.rating",
        (NOON,),
    )
    await shop.conn.execute("ANALYZE")
    behind = After(400, UUID(int=7))
    for query in (ProductQuery(sort=Sort.RATING), ProductQuery(sort=Sort.RATING, after=behind, descending=False)):
        text, values = asked(query, NOON)
        explained = await shop.conn.execute(f"EXPLAIN (ANALYZE, BUFFERS OFF) {TABLES.into(text)}", values, binary=True)
        plan = [row[0] for row in await explained.fetchall() if "never executed" not in row[0]]
        assert any("rating_by_stars" in step for step in plan), plan
        assert not [step for step in plan if "Scan on rating" in step or "Scan on listing" in step], plan
