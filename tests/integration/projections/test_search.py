"""The full-text search as it finds, ranks and counts."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.catalogue.category_events import CategoryAdded
from domain.catalogue.events import (
    ProductDescribed,
    ProductRepriced,
    ProductRestored,
    ProductWithdrawn,
)
from domain.shared.identifiers import AccountId, CategoryId
from projections.catalogue_lists import ProductQuery
from projections.search import changed_documents
from projections.search_queries import SearchQuery, SearchResult, search
from projections.search_terms import asked
from tests.support.happenings import SELLER, inr, listed, product, stocked
from tests.support.read_side import TABLES, ReadSide
from tests.support.times import NOON

OTHER = AccountId(UUID(int=0x52))
KITCHEN = CategoryId(UUID(int=0xCA1))
GOODS = {
    1: ("Brass kettle", "Boils water for tea"),
    2: ("Tea towels", "Dries kettles and cups"),
    3: ("Café au lait bowl", "For breakfast"),
    4: ("Kettlebell", "Of iron"),
}


async def fill(shop: ReadSide) -> None:
    tree = UUID(int=0x7EE)
    await shop.happened(
        tree, CategoryAdded(category_id=KITCHEN, parent_id=None, name="Kitchen", tax_rate=None, at=NOON)
    )
    for number, (name, description) in GOODS.items():
        event = listed(product(number), name=name, price=number * 20_000, seller=OTHER if number == 4 else SELLER)
        in_kitchen = None if number == 4 else KITCHEN
        event = replace(event, description=description, attributes={}, category_id=in_kitchen)
        await shop.happened(product(number), event)


async def found(shop: ReadSide, text: str, filters: ProductQuery | None = None) -> SearchResult:
    words = asked(text)
    assert words is not None
    return await search(
        shop.conn, SearchQuery(words, filters or ProductQuery()), documents="search_v1", tables=TABLES, at=NOON
    )


async def numbers(shop: ReadSide, text: str, filters: ProductQuery | None = None) -> list[int]:
    return [id_.int - 0xA00 for id_ in (await found(shop, text, filters)).items]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kettle", [1, 4, 2]), ("KETTLES", [1, 2]), ("kett", [1, 4, 2]), ("tea", [2, 1]), ("te", [2]), ("k", [1, 4]),
        ("brass kettle", [1]), ("cafe", [3]), ("CAFÉ bowl", [3]), ("kettle tea", [2, 1]), ("kettle bowl", []),
        ("iron", [4]), ("zinc", []),
    ],
)  # fmt: skip
async def test_all_words_are_found_and_names_come_first(shop: ReadSide, text: str, expected: list[int]) -> None:
    await fill(shop)
    result = await found(shop, text)
    assert sorted(await numbers(shop, text)) == sorted(expected)
    assert result.total == len(expected)
    if expected:
        assert (await numbers(shop, text))[-1] == expected[-1]


async def test_what_it_can_be_narrowed_by_is_counted(shop: ReadSide) -> None:
    await fill(shop)
    facets = (await found(shop, "kettle")).facets
    assert facets.categories == ((KITCHEN, "Kitchen", 2),)
    assert facets.sellers == ((SELLER, 2), (OTHER, 1))
    assert facets.bands == ((1, 1), (2, 1), (3, 1))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (ProductQuery(seller=OTHER), [4]),
        (ProductQuery(category=KITCHEN), [1, 2]),
        (ProductQuery(min_price=40_000, max_price=60_000), [2]),
        (ProductQuery(in_stock=True), [1]),
        (ProductQuery(in_stock=False, seller=SELLER), [2]),
        (ProductQuery(on_sale=True), []),
    ],
)
async def test_the_filters_of_the_list_hold_here_too(
    shop: ReadSide, filters: ProductQuery, expected: list[int]
) -> None:
    await fill(shop)
    await shop.happened(UUID(int=0x900), *stocked(product(1), 3), key=product(1))
    assert sorted(await numbers(shop, "kettle", filters)) == expected
    assert (await found(shop, "kettle", filters)).total == len(expected)


async def test_what_is_said_anew_is_found_and_what_was_said_is_not(shop: ReadSide) -> None:
    await fill(shop)
    described = ProductDescribed(
        product_id=product(3), name="Saucer", description="", sku="XK-7", attributes={"glaze": "celadon"}, at=NOON
    )
    await shop.happened(
        product(3), described, ProductRepriced(product_id=product(3), price=inr(5), discount=0, at=NOON)
    )
    assert await numbers(shop, "celadon") == await numbers(shop, "xk 7") == await numbers(shop, "saucer") == [3]
    assert await numbers(shop, "cafe") == []
    assert (await found(shop, "saucer")).facets.bands == ((0, 1),)
    assert (await found(shop, "saucer")).facets.categories == ()


async def test_a_withdrawn_product_is_not_found_until_it_is_back(shop: ReadSide) -> None:
    await fill(shop)
    await shop.happened(product(3), ProductWithdrawn(product_id=product(3), at=NOON))
    assert await numbers(shop, "cafe") == []
    await shop.happened(product(3), ProductRestored(product_id=product(3), at=NOON))
    assert await numbers(shop, "cafe") == [3]


async def test_pages_walk_all_that_was_found_once(shop: ReadSide) -> None:
    await fill(shop)
    whole = await numbers(shop, "kettle")
    pages = [await numbers(shop, "kettle", ProductQuery(limit=1, offset=offset)) for offset in range(4)]
    assert pages == [[whole[0]], [whole[1]], [whole[2]], []]
    assert (await found(shop, "kettle", ProductQuery(offset=50))).total == 3


async def test_what_changed_is_told_by_position(shop: ReadSide) -> None:
    await fill(shop)
    head = shop.journal.positions
    assert await changed_documents(shop.conn, "search_v1", head) == []
    await shop.happened(product(2), ProductWithdrawn(product_id=product(2), at=NOON))
    assert await changed_documents(shop.conn, "search_v1", head) == [(product(2), head + 1)]


@pytest.mark.parametrize(
    "text", ["'", "\\", "a' | 'b", "!!", "a & | b", "foo:*", "'\\''", "\u202e", "a\u0000b", "🛒 cart"]
)
async def test_no_text_is_an_error(shop: ReadSide, text: str) -> None:
    words = asked(text)
    if words is not None:
        assert (
            await search(shop.conn, SearchQuery(words, ProductQuery()), documents="search_v1", tables=TABLES, at=NOON)
        ).total == 0
