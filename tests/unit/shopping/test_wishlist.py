"""What a buyer would like to have: each product once, and a bounded number of them."""

from datetime import timedelta
from uuid import UUID

from domain.shared.identifiers import ProductId
from domain.shared.refusal import NotFound
from domain.shopping.events import WishAdded, WishRemoved
from domain.shopping.wishlist import MAX_WISHES, WishlistFull
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.given import given
from tests.support.shopping import a_wishlist_with
from tests.support.times import NOON

LATER = NOON + timedelta(hours=1)


def test_a_product_is_wished_for_once() -> None:
    given(a_wishlist_with()).when(lambda wishlist: wishlist.add(SOAP, LATER)).then(WishAdded(product_id=SOAP, at=LATER))
    given(a_wishlist_with(SOAP)).when(lambda wishlist: wishlist.add(SOAP, LATER)).then()


def test_a_wish_is_given_up() -> None:
    removed = WishRemoved(product_id=SOAP, at=LATER)
    given(a_wishlist_with(SOAP, SHAMPOO)).when(lambda wishlist: wishlist.remove(SOAP, LATER)).then(removed)
    given(a_wishlist_with(SHAMPOO)).when(lambda wishlist: wishlist.remove(SOAP, LATER)).refused(NotFound)


def test_a_list_is_full_at_its_bound() -> None:
    full = a_wishlist_with(*(ProductId(UUID(int=0xF000 + n)) for n in range(MAX_WISHES)))
    given(full).when(lambda wishlist: wishlist.add(SOAP, LATER)).refused(WishlistFull)
    given(full).when(lambda wishlist: wishlist.add(ProductId(UUID(int=0xF000)), LATER)).then()
