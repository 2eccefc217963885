"""What a buyer's commands make of the wishlist."""

import pytest

from application.catalogue import WithdrawProduct, withdraw_product
from application.wishlist import AddWish, RemoveWish, WishKept, add_wish, remove_wish
from domain.catalogue.product import ProductNotAvailable
from domain.shared.identifiers import AccountId, ProductId, wishlist_of
from domain.shared.refusal import Forbidden, NotFound
from domain.shopping.events import WishAdded, WishlistOpened, WishRemoved
from tests.support.accounts import ADMIN, BUYER, SELLER, STRANGER
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.shop import FakeShop
from tests.support.shopping import WISHLIST
from tests.support.times import NOON


@pytest.fixture
def shop() -> FakeShop:
    shop = FakeShop()
    shop.stocks(0)
    return shop


def add(shop: FakeShop, product: ProductId = SHAMPOO, *, by: AccountId = BUYER) -> WishKept:
    return shop.ask(lambda work: add_wish(AddWish(product_id=product), work), by=by)


def remove(shop: FakeShop, product: ProductId = SHAMPOO, *, by: AccountId = BUYER) -> None:
    shop.ask(lambda work: remove_wish(RemoveWish(product_id=product), work), by=by)


def test_the_first_wish_opens_the_list_and_may_be_out_of_stock(shop: FakeShop) -> None:
    kept = add(shop)
    assert shop.log.events(WISHLIST) == (
        WishlistOpened(wishlist_id=WISHLIST, buyer_id=BUYER, at=NOON),
        WishAdded(product_id=SHAMPOO, at=NOON),
    )
    assert (kept.title, kept.added_at, kept.wishes, kept.version) == ("Rose Shampoo", NOON, 1, 2)
    assert add(shop) == kept


def test_everybody_has_a_list_of_their_own(shop: FakeShop) -> None:
    add(shop)
    with pytest.raises(NotFound):
        remove(shop, by=STRANGER)
    remove(shop)
    assert shop.log.events(WISHLIST)[-1] == WishRemoved(product_id=SHAMPOO, at=NOON)
    assert shop.log.events(wishlist_of(STRANGER)) == ()


@pytest.mark.parametrize("by", [SELLER, ADMIN])
def test_only_buyers_wish(shop: FakeShop, by: AccountId) -> None:
    with pytest.raises(Forbidden):
        add(shop, by=by)


def test_what_is_not_in_the_catalogue_cannot_be_wished_for(shop: FakeShop) -> None:
    with pytest.raises(NotFound):
        add(shop, SOAP)
    shop.ask(lambda work: withdraw_product(WithdrawProduct(product_id=SHAMPOO), work), by=SELLER)
    with pytest.raises(ProductNotAvailable):
        add(shop)
    assert shop.log.events(WISHLIST) == ()
