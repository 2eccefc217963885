"""What a buyer means to buy."""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

import msgspec
from immutables import Map
from msgspec.structs import replace

from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, CartId, OrderId, ProductId
from domain.shared.money import MAX_MINOR, CurrencyMismatch, Money
from domain.shared.quantity import MAX_QUANTITY, require_quantity
from domain.shared.refusal import NotFound, Refusal
from domain.shopping.events import (
    CartCheckedOut,
    CartCleared,
    CartEvent,
    CartItemPut,
    CartItemRemoved,
    CartOpened,
    CartRestored,
    DroppedItem,
    RestoredItem,
)

MAX_PRODUCTS = 1_000


class CartFull(Refusal):
    """A cart holds at most 1,000 distinct products."""

    code = "cart-full"


class CartTotalOutOfRange(Refusal):
    """All that is in the cart would come to more than an amount may be."""

    code = "cart-total-out-of-range"


class CartEmpty(Refusal):
    """There is nothing to check out."""

    code = "cart-empty"


class CartItem(msgspec.Struct, frozen=True):
    quantity: int
    price: Money
    """Of one unit, as last seen."""
    order: int
    """Rises with each product that is new to the cart; lines are shown in this order."""

    @property
    def total(self) -> Money:
        return self.price.times(self.quantity)


class Cart(msgspec.Struct, frozen=True, kw_only=True):
    """A buyer's one cart, used again after each checkout. No operation on a line looks at the others."""

    id: CartId
    buyer_id: AccountId
    items: Map[ProductId, CartItem] = Map()
    total: Money | None = None
    """At the prices last seen; None while the cart is empty."""
    next_order: int = 0

    @staticmethod
    def open(*, cart_id: CartId, buyer_id: AccountId, at: datetime) -> tuple[CartEvent, ...]:
        return (CartOpened(cart_id=cart_id, buyer_id=buyer_id, at=at),)

    def worth(self, currency: str) -> Money:
        """The total, also of an empty cart; only then the currency matters."""
        return Money.zero(currency) if self.total is None else self.total

    def put(self, product_id: ProductId, quantity: int, price: Money) -> tuple[CartEvent, ...]:
        """From now on there are `quantity` of the product, whether it was there or not."""
        require_quantity(quantity)
        if product_id not in self.items and len(self.items) >= MAX_PRODUCTS:
            raise CartFull(f"A cart holds at most {MAX_PRODUCTS:,} distinct products.")
        self._require_room_for(product_id, quantity, price)
        return (CartItemPut(product_id=product_id, quantity=quantity, price=price),)

    def add(self, product_id: ProductId, quantity: int, price: Money) -> tuple[CartEvent, ...]:
        """`quantity` more of the product than before."""
        require_quantity(quantity)
        item = self.items.get(product_id)
        return self.put(product_id, quantity + (item.quantity if item else 0), price)

    def remove(self, product_id: ProductId) -> tuple[CartEvent, ...]:
        if product_id not in self.items:
            raise NotFound("The product is not in the cart.")
        return (CartItemRemoved(product_id=product_id),)

    def clear(self) -> tuple[CartEvent, ...]:
        return (CartCleared(),) if self.items else ()

    def check_out(self, order_id: OrderId) -> tuple[CartEvent, ...]:
        if not self.items:
            raise CartEmpty("The cart is empty.")
        return (CartCheckedOut(order_id=order_id),)

    def restore(self, order_id: OrderId, items: Iterable[RestoredItem]) -> tuple[CartEvent, ...]:
        """Puts an order's lines back beside what is there now. Never refuses: what is beyond a limit is dropped.

        A line that is there already keeps its price, which was seen later than the order's.
        """
        cart, kept, dropped = self, dict[ProductId, RestoredItem](), list[DroppedItem]()
        for item in items:
            line = cart._with_back(item)
            units = line.quantity - cart._quantity(item.product_id) if line else 0
            if line:
                cart, kept[item.product_id] = _with_line(cart, line.product_id, line.quantity, line.price), line
            if units < item.quantity:
                dropped.append(DroppedItem(product_id=item.product_id, quantity=item.quantity - units))
        if not kept and not dropped:
            return ()
        return (CartRestored(order_id=order_id, items=tuple(kept.values()), dropped=tuple(dropped)),)

    def _quantity(self, product_id: ProductId) -> int:
        item = self.items.get(product_id)
        return item.quantity if item else 0

    def _with_back(self, item: RestoredItem) -> RestoredItem | None:
        """The line with what can be put back of the item; None where that is nothing."""
        present = self.items.get(item.product_id)
        price = present.price if present else item.price
        quantity = min(self._quantity(item.product_id) + item.quantity, MAX_QUANTITY)
        if quantity <= self._quantity(item.product_id) or not self._admits(item.product_id, quantity, price):
            return None
        return RestoredItem(product_id=item.product_id, quantity=quantity, price=price)

    def _admits(self, product_id: ProductId, quantity: int, price: Money) -> bool:
        try:
            self.put(product_id, quantity, price)
        except (CartFull, CartTotalOutOfRange, CurrencyMismatch):
            return False
        return True

    def _require_room_for(self, product_id: ProductId, quantity: int, price: Money) -> None:
        if self.total is not None and price.currency != self.total.currency:
            raise CurrencyMismatch(f"The cart is in {self.total.currency}, the price in {price.currency}.")
        present = self.items.get(product_id)
        others = (self.total.minor if self.total else 0) - (present.total.minor if present else 0)
        if others + price.minor * quantity > MAX_MINOR:
            raise CartTotalOutOfRange("All that is in the cart would come to more than an amount may be.")


def _with_line(cart: Cart, product_id: ProductId, quantity: int, price: Money) -> Cart:
    present = cart.items.get(product_id)
    item = CartItem(quantity, price, present.order if present else cart.next_order)
    others = (cart.total.minor if cart.total else 0) - (present.total.minor if present else 0)
    return replace(
        cart,
        items=cart.items.set(product_id, item),
        total=Money(others + item.total.minor, price.currency),
        next_order=cart.next_order + (present is None),
    )


def _without_line(cart: Cart, product_id: ProductId) -> Cart:
    items = cart.items.delete(product_id)
    total = cart.total - cart.items[product_id].total if items and cart.total else None
    return replace(cart, items=items, total=total)


def evolve(cart: Cart | None, event: CartEvent) -> Cart:
    """The cart after the event."""
    match event:
        case CartOpened():
            return Cart(id=event.cart_id, buyer_id=event.buyer_id)
        case _ if cart is None:
            raise ValueError(f"{event.topic} came first")
        case CartItemPut(product_id=product_id, quantity=quantity, price=price):
            return _with_line(cart, product_id, quantity, price)
        case CartItemRemoved(product_id=product_id):
            return _without_line(cart, product_id)
        case CartCleared() | CartCheckedOut():
            return replace(cart, items=Map(), total=None)
        case CartRestored(items=items):
            for item in items:
                cart = _with_line(cart, item.product_id, item.quantity, item.price)
            return cart
        case _:
            assert_never(event)


CARTS: Category[Cart, CartEvent] = Category(
    name="cart",
    family=Family.CUSTOMERS,
    events=(CartOpened, CartItemPut, CartItemRemoved, CartCleared, CartCheckedOut, CartRestored),
    state=Cart,
    evolve=evolve,
    key=lambda cart: cart.buyer_id,
)
