"""Each line is taxed at the rate of its category at that instant."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from application.catalogue import ListProduct, list_product
from application.categories import AddCategory, EditCategory, add_category, edit_category
from application.ordering.checkout import Checkout, Item, OrderKept, checkout
from application.policy import ShopPolicy
from domain.shared.identifiers import CategoryId, ProductId
from domain.shared.money import Money
from tests.support.accounts import ADMIN, BUYER, SELLER
from tests.support.buying import Buying
from tests.support.coupons import terms
from tests.support.shop import POLICY
from tests.support.shopping import ORDER, OTHER_ORDER

BOOKS, COMICS, FOOD = (CategoryId(UUID(int=0xCA0 + n)) for n in range(3))
COMIC, BREAD, LAMP, POSTER = (ProductId(UUID(int=0x700 + n)) for n in range(4))
SHELVES = {COMIC: COMICS, BREAD: FOOD, LAMP: None, POSTER: BOOKS}


def adds(shop: Buying, category: CategoryId, name: str, *, below: CategoryId | None, rate: int | None) -> None:
    command = AddCategory(category_id=category, title=name, parent_id=below, tax_rate=rate)
    shop.ask(lambda work: add_category(command, work), by=ADMIN)


def lists(shop: Buying, product: ProductId, category: CategoryId | None) -> None:
    price = Money(10_050, "INR")
    command = ListProduct(product_id=product, title="A thing", price=price, quantity=9, category_id=category)
    shop.ask(lambda work: list_product(command, work, policy=POLICY), by=SELLER)


@pytest.fixture
def shop() -> Buying:
    """Books are taxed at 5 %, comics among them alike, food not at all, what stands nowhere at the store's 18 %."""
    shop = Buying()
    adds(shop, BOOKS, "Books", below=None, rate=500)
    adds(shop, COMICS, "Comics", below=BOOKS, rate=None)
    adds(shop, FOOD, "Food", below=None, rate=0)
    for product, category in SHELVES.items():
        lists(shop, product, category)
    return shop


def buys(shop: Buying, *products: ProductId, policy: ShopPolicy = POLICY, coupon: str | None = None) -> OrderKept:
    items = tuple(Item(product_id=product, quantity=1) for product in products)
    command = Checkout(order_id=ORDER, items=items, coupon_code=coupon)
    return shop.ask(lambda work: checkout(command, work, policy=policy), by=BUYER)


def test_a_line_has_the_rate_of_its_category_or_of_the_nearest_above(shop: Buying) -> None:
    kept = buys(shop, COMIC, BREAD, LAMP, POSTER)
    lines = shop.order().placed.lines
    assert [line.tax_rate for line in lines] == [500, 0, 1_800, 500]
    assert [line.tax.minor for line in lines] == [503, 0, 1_809, 502]
    assert (kept.tax, kept.payable) == (Money(2_814, "INR"), Money(43_014, "INR"))


def test_taxes_are_contained_by_rate_where_prices_have_them_in(shop: Buying) -> None:
    kept = buys(shop, COMIC, BREAD, LAMP, policy=replace(POLICY, tax_inclusive=True))
    assert [line.tax.minor for line in shop.order().placed.lines] == [479, 0, 1_533]
    assert kept.payable == Money(30_150, "INR")


def test_the_tax_is_on_what_a_coupon_leaves(shop: Buying) -> None:
    shop.offers(terms(percentage=5_000))
    kept = buys(shop, COMIC, LAMP, coupon="ROSE-10")
    assert [line.tax.minor for line in shop.order().placed.lines] == [251, 905]
    assert kept.payable == Money(10_050 + 1_156, "INR")


def test_a_rate_holds_from_when_it_is_set(shop: Buying) -> None:
    buys(shop, COMIC)
    dearer = EditCategory(category_id=COMICS, tax_rate=1_200)
    shop.ask(lambda work: edit_category(dearer, work), by=ADMIN)
    assert shop.checks_out(OTHER_ORDER, items=((COMIC, 1),)).tax == Money(1_206, "INR")
    assert shop.order().placed.tax == Money(503, "INR")
