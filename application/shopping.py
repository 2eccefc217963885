"""Commands on the buyer's own cart."""

from typing import ClassVar

from application.access import acting_account, require_version
from application.policy import ShopPolicy
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from domain.accounts.events import Role
from domain.catalogue.product import PRODUCTS, Product
from domain.shared.identifiers import AccountId, CartId, ProductId, open_cart_of
from domain.shared.money import Money
from domain.shared.refusal import NotFound
from domain.shopping.cart import CARTS, Cart


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

    def streams(self) -> Touched:
        return touching(PRODUCTS, self.product_id)


class SetCartQuantity(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "shopping.set-cart-quantity"
    product_id: ProductId
    quantity: int
    expected_version: int | None = None

    def streams(self) -> Touched:
        return touching(PRODUCTS, self.product_id)


class RemoveFromCart(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "shopping.remove-from-cart"
    product_id: ProductId
    expected_version: int | None = None


class ClearCart(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "shopping.clear-cart"
    expected_version: int | None = None


def add_to_cart(command: AddToCart, work: Work) -> CartLineKept:
    """More may be carted than there is: the view warns, and checkout refuses."""
    buyer = acting_account(work, Role.BUYER)
    product = _buyable(work, command.product_id)
    cart = _open_cart(work, buyer.id)
    work.record(CARTS, cart.id, cart.add(product.id, command.quantity, product.effective_price(work.now)))
    return _line_kept(work, cart.id, product)


def set_cart_quantity(command: SetCartQuantity, work: Work) -> CartLineKept:
    buyer = acting_account(work, Role.BUYER)
    product = _buyable(work, command.product_id)
    _require_cart_version(work, buyer.id, command.expected_version)
    cart = _open_cart(work, buyer.id)
    work.record(CARTS, cart.id, cart.put(product.id, command.quantity, product.effective_price(work.now)))
    return _line_kept(work, cart.id, product)


def remove_from_cart(command: RemoveFromCart, work: Work, *, policy: ShopPolicy) -> CartKept:
    buyer = acting_account(work, Role.BUYER)
    cart = work.find(CARTS, open_cart_of(buyer.id))
    if cart is None:
        raise NotFound("The product is not in the cart.")
    require_version(work, cart.id, command.expected_version)
    work.record(CARTS, cart.id, cart.remove(command.product_id))
    return _cart_kept(work, cart.id, policy)


def clear_cart(command: ClearCart, work: Work, *, policy: ShopPolicy) -> CartKept:
    """A cart that was never used is clear already."""
    buyer = acting_account(work, Role.BUYER)
    cart_id = open_cart_of(buyer.id)
    _require_cart_version(work, buyer.id, command.expected_version)
    cart = work.find(CARTS, cart_id)
    if cart is not None:
        work.record(CARTS, cart_id, cart.clear())
    return _cart_kept(work, cart_id, policy)


def _buyable(work: Work, product_id: ProductId) -> Product:
    product = work.get(PRODUCTS, product_id)
    product.require_buyable()
    return product


def _require_cart_version(work: Work, buyer: AccountId, expected: int | None) -> None:
    """A cart that was never used is at version 0. Raises VersionMismatch."""
    work.find(CARTS, open_cart_of(buyer))
    require_version(work, open_cart_of(buyer), expected)


def _open_cart(work: Work, buyer: AccountId) -> Cart:
    """The buyer's cart, opened on first use."""
    cart_id = open_cart_of(buyer)
    if work.find(CARTS, cart_id) is None:
        work.record(CARTS, cart_id, Cart.open(cart_id=cart_id, buyer_id=buyer, at=work.now))
    return work.get(CARTS, cart_id)


def _line_kept(work: Work, cart_id: CartId, product: Product) -> CartLineKept:
    cart = work.get(CARTS, cart_id)
    item = cart.items[product.id]
    return CartLineKept(
        cart_id=cart_id,
        version=work.version(cart_id),
        product_id=product.id,
        title=product.name,
        quantity=item.quantity,
        price=item.price,
        line_total=item.total,
        total=cart.worth(item.price.currency),
        lines=len(cart.items),
    )


def _cart_kept(work: Work, cart_id: CartId, policy: ShopPolicy) -> CartKept:
    cart = work.find(CARTS, cart_id)
    return CartKept(
        cart_id=cart_id,
        version=work.version(cart_id),
        total=cart.worth(policy.currency) if cart else Money.zero(policy.currency),
        lines=len(cart.items) if cart else 0,
    )
