"""Commands on the buyer's own cart."""

from typing import ClassVar

from application.ports.commands import Command, Result
from domain.shared.identifiers import CartId, ProductId
from domain.shared.money import Money


class CartLineKept(Result, frozen=True, kw_only=True):
    """The line and the totals after the command, at the prices last seen: no cost grows with the cart."""

    cart_id: CartId
    version: int
    product_id: ProductId
    title: str
    quantity: int
    price: Money
    line_total: Money
    total: Money
    lines: int


class CartKept(Result, frozen=True, kw_only=True):
    cart_id: CartId
    version: int
    total: Money
    lines: int


class AddToCart(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "shopping.add-to-cart"
    product_id: ProductId
    quantity: int


class SetCartQuantity(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "shopping.set-cart-quantity"
    product_id: ProductId
    quantity: int


class RemoveFromCart(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "shopping.remove-from-cart"
    product_id: ProductId


class ClearCart(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "shopping.clear-cart"
