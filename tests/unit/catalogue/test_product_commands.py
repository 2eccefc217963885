"""Who may list, edit, withdraw and restore products, and what the log holds then."""

from datetime import timedelta
from uuid import UUID

import pytest

from application.access import VersionMismatch
from application.accounts.registration import register_account
from application.catalogue import (
    EditProduct,
    ListProduct,
    RestoreProduct,
    WithdrawProduct,
    edit_product,
    list_product,
    restore_product,
    withdraw_product,
)
from application.products import ProductKept
from domain.accounts.events import Role
from domain.catalogue.events import ProductDescribed, ProductListed, ProductRepriced
from domain.catalogue.product import TooManyAttributes
from domain.inventory.events import StockAdjusted, StockOpened
from domain.inventory.stock import STOCKS, StockBelowReserved, StockOutOfRange
from domain.shared.identifiers import AccountId, ProductId, stock_of
from domain.shared.money import CurrencyMismatch, Money
from domain.shared.refusal import AlreadyExists, Forbidden, NotFound, Refusal
from tests.support.accounts import ADMIN, BUYER, SELLER
from tests.support.catalogue import PRICE, SHAMPOO
from tests.support.shop import POLICY, FakeShop, registration
from tests.support.shopping import ORDER
from tests.support.times import NOON

OTHER_SELLER = AccountId(UUID(int=0x52))


@pytest.fixture
def shop() -> FakeShop:
    shop = FakeShop()
    command = registration(OTHER_SELLER, Role.SELLER)
    shop.ask_itself(lambda work: register_account(command, work))
    return shop


def listing(*, seller: AccountId | None = None, quantity: int = 0, price: Money = PRICE) -> ListProduct:
    return ListProduct(product_id=SHAMPOO, seller_id=seller, title="Rose Shampoo", price=price, quantity=quantity)


def list_it(shop: FakeShop, command: ListProduct, *, by: AccountId = SELLER) -> ProductKept:
    return shop.ask(lambda work: list_product(command, work, policy=POLICY), by=by)


def edit(shop: FakeShop, command: EditProduct, *, by: AccountId = SELLER) -> ProductKept:
    return shop.ask(lambda work: edit_product(command, work, policy=POLICY), by=by)


def test_listing_opens_the_stock_in_one_go(shop: FakeShop) -> None:
    kept = list_it(shop, listing(quantity=12))
    listed = ProductListed(
        product_id=SHAMPOO,
        seller_id=SELLER,
        name="Rose Shampoo",
        description="",
        sku=None,
        attributes={},
        price=PRICE,
        discount=0,
        at=NOON,
    )
    assert shop.log.events(SHAMPOO) == (listed,)
    assert shop.log.events(stock_of(SHAMPOO)) == (
        StockOpened(product_id=SHAMPOO, threshold=POLICY.low_stock_threshold),
        StockAdjusted(product_id=SHAMPOO, change=12, on_hand=12, reason="listed"),
    )
    assert (kept.version, kept.on_hand, kept.available, kept.seller_id) == (1, 12, 12, SELLER)
    assert (kept.effective_price, kept.created_at, kept.updated_at) == (PRICE, NOON, NOON)


def test_a_product_without_stock_can_be_listed(shop: FakeShop) -> None:
    assert list_it(shop, listing()).on_hand == 0
    assert len(shop.log.events(stock_of(SHAMPOO))) == 1


@pytest.mark.parametrize(
    ("command", "by", "refusal"),
    [
        (listing(), BUYER, Forbidden),
        (listing(seller=OTHER_SELLER), SELLER, Forbidden),
        (listing(seller=BUYER), ADMIN, Forbidden),
        (listing(seller=AccountId(UUID(int=404))), ADMIN, NotFound),
        (listing(price=Money(875, "JPY")), SELLER, CurrencyMismatch),
        (listing(quantity=-1), SELLER, StockOutOfRange),
    ],
)
def test_a_listing_that_breaks_a_rule_changes_nothing(
    shop: FakeShop, command: ListProduct, by: AccountId, refusal: type[Refusal]
) -> None:
    before = shop.history()
    with pytest.raises(refusal):
        list_it(shop, command, by=by)
    assert shop.history() == before


def test_an_admin_lists_for_themselves_or_for_a_seller(shop: FakeShop) -> None:
    assert list_it(shop, listing(seller=OTHER_SELLER), by=ADMIN).seller_id == OTHER_SELLER
    other = ListProduct(product_id=ProductId(UUID(int=2)), title="Soap", price=PRICE)
    assert list_it(shop, other, by=ADMIN).seller_id == ADMIN


def test_the_shop_itself_lists_for_a_seller(shop: FakeShop) -> None:
    with pytest.raises(Forbidden):
        shop.ask_itself(lambda work: list_product(listing(), work, policy=POLICY))
    kept = shop.ask_itself(lambda work: list_product(listing(seller=SELLER), work, policy=POLICY))
    assert kept.seller_id == SELLER


def test_an_identifier_is_used_once(shop: FakeShop) -> None:
    list_it(shop, listing())
    with pytest.raises(AlreadyExists):
        list_it(shop, listing())


def test_an_edit_leaves_out_what_it_does_not_name(shop: FakeShop) -> None:
    list_it(shop, listing())
    shop.log.now = NOON + timedelta(hours=1)
    kept = edit(shop, EditProduct(product_id=SHAMPOO, title="Soap", discount=1_000))
    assert shop.log.events(SHAMPOO)[1:] == (
        ProductDescribed(product_id=SHAMPOO, name="Soap", description="", sku=None, attributes={}, at=shop.log.now),
        ProductRepriced(product_id=SHAMPOO, price=PRICE, discount=1_000, at=shop.log.now),
    )
    assert (kept.name, kept.version, kept.effective_price) == ("Soap", 3, PRICE.share(9_000))
    assert (kept.created_at, kept.updated_at) == (NOON, shop.log.now)


def test_an_edit_that_changes_nothing_is_no_news(shop: FakeShop) -> None:
    list_it(shop, listing())
    shop.log.now = NOON + timedelta(hours=1)
    kept = edit(shop, EditProduct(product_id=SHAMPOO, title="Rose Shampoo"))
    assert (kept.version, kept.updated_at) == (1, NOON)


def test_an_edit_counts_the_stock_in_the_same_append(shop: FakeShop) -> None:
    list_it(shop, listing(quantity=12))
    edited = shop.log.commands
    kept = edit(shop, EditProduct(product_id=SHAMPOO, title="Soap", quantity=7))
    assert shop.log.commands == edited + 1
    assert (kept.name, kept.version, kept.on_hand, kept.available) == ("Soap", 2, 7, 7)
    adjusted = StockAdjusted(product_id=SHAMPOO, change=-5, on_hand=7, reason="edited")
    assert shop.log.events(stock_of(SHAMPOO))[2:] == (adjusted,)
    again = edit(shop, EditProduct(product_id=SHAMPOO, quantity=7))
    assert (again.version, again.on_hand, len(shop.log.events(stock_of(SHAMPOO)))) == (2, 7, 3)


@pytest.mark.parametrize(
    ("quantity", "version", "refusal"),
    [(3, None, StockBelowReserved), (-1, None, StockOutOfRange), (10**9 + 1, None, StockOutOfRange),
     (9, 2, VersionMismatch)],
)  # fmt: skip
def test_where_the_count_is_refused_the_product_stays_too(
    shop: FakeShop, quantity: int, version: int | None, refusal: type[Refusal]
) -> None:
    list_it(shop, listing(quantity=12))
    held = shop.log.state(STOCKS, stock_of(SHAMPOO)).reserve(ORDER, 4)
    shop.ask_itself(lambda work: (work.get(STOCKS, stock_of(SHAMPOO)), work.record(STOCKS, stock_of(SHAMPOO), held)))
    before = shop.history()
    with pytest.raises(refusal):
        edit(shop, EditProduct(product_id=SHAMPOO, title="Soap", quantity=quantity, expected_version=version))
    assert shop.history() == before
    assert edit(shop, EditProduct(product_id=SHAMPOO, quantity=4)).available == 0


def test_a_stock_keeping_unit_can_be_taken_away(shop: FakeShop) -> None:
    list_it(shop, listing())
    assert edit(shop, EditProduct(product_id=SHAMPOO, sku="RS")).sku == "RS"
    assert edit(shop, EditProduct(product_id=SHAMPOO, sku=None)).sku is None


def test_an_edit_of_what_has_moved_on_is_refused(shop: FakeShop) -> None:
    list_it(shop, listing())
    edit(shop, EditProduct(product_id=SHAMPOO, title="Soap", expected_version=1))
    with pytest.raises(VersionMismatch):
        edit(shop, EditProduct(product_id=SHAMPOO, title="Shampoo", expected_version=1))
    withdrawal = WithdrawProduct(product_id=SHAMPOO, expected_version=1)
    with pytest.raises(VersionMismatch):
        shop.ask(lambda work: withdraw_product(withdrawal, work), by=SELLER)


def test_sellers_touch_only_their_own(shop: FakeShop) -> None:
    list_it(shop, listing())
    before = shop.history()
    for somebody in (OTHER_SELLER, BUYER):
        with pytest.raises(Forbidden):
            edit(shop, EditProduct(product_id=SHAMPOO, title="Mine"), by=somebody)
        with pytest.raises(Forbidden):
            shop.ask(lambda work: withdraw_product(WithdrawProduct(product_id=SHAMPOO), work), by=somebody)
        with pytest.raises(Forbidden):
            shop.ask(lambda work: restore_product(RestoreProduct(product_id=SHAMPOO), work), by=somebody)
    assert shop.history() == before
    assert edit(shop, EditProduct(product_id=SHAMPOO, title="Ours"), by=ADMIN).name == "Ours"


def test_a_product_is_withdrawn_and_restored(shop: FakeShop) -> None:
    list_it(shop, listing())
    withdrawn = shop.ask(lambda work: withdraw_product(WithdrawProduct(product_id=SHAMPOO), work), by=SELLER)
    assert (withdrawn.withdrawn, withdrawn.version) == (True, 2)
    restored = shop.ask(lambda work: restore_product(RestoreProduct(product_id=SHAMPOO), work), by=ADMIN)
    assert (restored.withdrawn, restored.version) == (False, 3)


def test_an_unknown_product_cannot_be_edited(shop: FakeShop) -> None:
    with pytest.raises(NotFound):
        edit(shop, EditProduct(product_id=SHAMPOO, title="Soap"))
    list_it(shop, listing())
    with pytest.raises(CurrencyMismatch):
        edit(shop, EditProduct(product_id=SHAMPOO, price=Money(1, "JPY")))


def test_a_patch_is_merged_into_the_attributes(shop: FakeShop) -> None:
    list_it(shop, listing())
    edit(shop, EditProduct(product_id=SHAMPOO, attributes={"colour": "pink", "size": "L"}))
    kept = edit(shop, EditProduct(product_id=SHAMPOO, attributes_patch={"size": None, "weight": "1 kg"}))
    assert kept.attributes == {"colour": "pink", "weight": "1 kg"}


def test_a_patch_cannot_add_more_attributes_than_a_product_may_have(shop: FakeShop) -> None:
    list_it(shop, listing())
    edit(shop, EditProduct(product_id=SHAMPOO, attributes={str(n): "x" for n in range(50)}))
    with pytest.raises(TooManyAttributes):
        edit(shop, EditProduct(product_id=SHAMPOO, attributes_patch={"one more": "x"}))
    kept = edit(shop, EditProduct(product_id=SHAMPOO, attributes_patch={"one more": "x", "0": None}))
    assert len(kept.attributes) == 50
