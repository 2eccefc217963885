"""Encoded products are given only for the events that they show, from the tables they were read from."""

from uuid import UUID

import msgspec

from api.fragments import Fragments
from domain.shared.identifiers import AccountId, ProductId
from projections.catalogue import NO_SALES
from projections.catalogue_listing import FOREVER
from projections.catalogue_lists import Listed
from projections.catalogue_queries import ProductRow
from projections.catalogue_tables import Tables
from tests.support.times import NOON

TABLES = Tables("catalogue_v1", "stock_levels_v1", "categories_v1", "reviews_v1")


def row(
    number: int = 1, *, name: str = "soap", position: int = 7, stock_position: int = 8, rating_position: int = 6,
    sales: str = NO_SALES,
) -> ProductRow:  # fmt: skip
    return ProductRow(
        id=ProductId(UUID(int=number)), seller_id=AccountId(UUID(int=9)), name=name, description="", sku=None,
        attributes_json="{}", price_minor=1_000, currency="INR", discount=1_000, withdrawn=False,
        version=1, position=position, created_at=NOON, updated_at=NOON, images_json="[]", category_id=None,
        category_name=None, category_position=0, on_hand=3, reserved=1,
        stock_position=stock_position, sales_json=sales, reviews=3, rating=433,
        rating_position=rating_position, at=NOON,
    )  # fmt: skip


def test_a_kept_product_is_found_by_its_events() -> None:
    fragments = Fragments()
    listed, fragment = fragments.keep(TABLES, row())
    assert fragments.find(TABLES, [listed]) == [fragment]
    shown = msgspec.json.decode(fragment)
    assert (shown["effectivePrice"], shown["rating"], shown["reviewCount"]) == (9.00, 4.33, 3)


def test_later_events_of_what_is_shown_are_not_answered_from_before() -> None:
    fragments = Fragments()
    fragments.keep(TABLES, row())
    later = [
        Listed(ProductId(UUID(int=1)), *at, FOREVER)
        for at in ((9, 8, 0, 6), (7, 10, 0, 6), (7, 8, 11, 6), (7, 8, 0, 12))
    ]
    assert fragments.find(TABLES, later) == [None] * 4


def test_other_tables_are_another_reading_of_the_same_events() -> None:
    fragments = Fragments()
    listed, _ = fragments.keep(TABLES, row(name="without what was skipped"))
    rebuilt = Tables("catalogue_v2", "stock_levels_v1", "categories_v1", "reviews_v1")
    assert fragments.find(rebuilt, [listed]) == [None]
    _, fragment = fragments.keep(rebuilt, row(name="whole"))
    assert (fragments.find(rebuilt, [listed]), fragments.find(TABLES, [listed])) == ([fragment], [None])


def test_the_one_kept_longest_goes_first() -> None:
    size = len(Fragments().keep(TABLES, row())[1])
    fragments = Fragments(most_bytes=2 * size)
    kept = [fragments.keep(TABLES, row(number))[0] for number in (1, 2, 2, 3)]
    assert [each is not None for each in fragments.find(TABLES, kept)] == [False, True, True, True]
