"""Carts, built as they come to be."""

from uuid import UUID

from domain.shared.identifiers import OrderId, ProductId, open_cart_of, wishlist_of
from domain.shared.money import Money
from domain.shopping.cart import CARTS, Cart
from domain.shopping.wishlist import WISHLISTS, Wishlist
from tests.support.accounts import BUYER
from tests.support.given import after
from tests.support.times import NOON

CART = open_cart_of(BUYER)
WISHLIST = wishlist_of(BUYER)
ORDER = OrderId(UUID(int=0x0D))
OTHER_ORDER = OrderId(UUID(int=0x0E))


def an_empty_cart() -> Cart:
    return after(CARTS, Cart.open(cart_id=CART, buyer_id=BUYER, at=NOON))


def a_cart_with(*lines: tuple[ProductId, int, Money]) -> Cart:
    cart = an_empty_cart()
    for product_id, quantity, price in lines:
        cart = after(CARTS, cart.put(product_id, quantity, price), cart)
    return cart


def a_full_cart() -> Cart:
    """1,000 distinct products, one of each."""
    return a_cart_with(*((ProductId(UUID(int=0xF000 + n)), 1, Money(100, "INR")) for n in range(1_000)))


def a_wishlist_with(*products: ProductId) -> Wishlist:
    wishlist = after(WISHLISTS, Wishlist.open(wishlist_id=WISHLIST, buyer_id=BUYER, at=NOON))
    for product_id in products:
        wishlist = after(WISHLISTS, wishlist.add(product_id, NOON), wishlist)
    return wishlist
