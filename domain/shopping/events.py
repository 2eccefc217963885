"""What happens in a buyer's cart, and on the wishlist."""

from datetime import datetime
from typing import ClassVar

import msgspec

from domain.shared.event import Event
from domain.shared.identifiers import AccountId, CartId, OrderId, ProductId, WishlistId
from domain.shared.money import Money


class CartOpened(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "shopping.cart-opened"
    cart_id: CartId
    buyer_id: AccountId
    at: datetime


class CartItemPut(Event, frozen=True, kw_only=True):
    """From now on the cart holds `quantity` of the product, last seen at `price` each."""

    topic: ClassVar[str] = "shopping.cart-item-put"
    product_id: ProductId
    quantity: int
    price: Money


class CartItemRemoved(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "shopping.cart-item-removed"
    product_id: ProductId


class CartCleared(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "shopping.cart-cleared"


class CartCheckedOut(Event, frozen=True, kw_only=True):
    """The cart's lines became an order; the cart is empty."""

    topic: ClassVar[str] = "shopping.cart-checked-out"
    order_id: OrderId


class RestoredItem(msgspec.Struct, frozen=True, kw_only=True):
    """The line as it stands after the restore."""

    product_id: ProductId
    quantity: int
    price: Money


class DroppedItem(msgspec.Struct, frozen=True, kw_only=True):
    """Units that could not be put back, because a limit of the cart was reached."""

    product_id: ProductId
    quantity: int


class CartRestored(Event, frozen=True, kw_only=True):
    """An order's lines were put back, merged with what was there; never refused."""

    topic: ClassVar[str] = "shopping.cart-restored"
    order_id: OrderId
    items: tuple[RestoredItem, ...]
    dropped: tuple[DroppedItem, ...] = ()


CartEvent = CartOpened | CartItemPut | CartItemRemoved | CartCleared | CartCheckedOut | CartRestored


class WishlistOpened(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "shopping.wishlist-opened"
    wishlist_id: WishlistId
    buyer_id: AccountId
    at: datetime


class WishAdded(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "shopping.wish-added"
    product_id: ProductId
    at: datetime


class WishRemoved(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "shopping.wish-removed"
    product_id: ProductId
    at: datetime


WishlistEvent = WishlistOpened | WishAdded | WishRemoved
