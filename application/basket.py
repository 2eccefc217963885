"""What is to be bought, checked line by line: for sale, in stock, at the price of this instant."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from application.policy import ShopPolicy
from application.ports.work import Work
from domain.catalogue.categories import CATEGORY_TREES, EMPTY
from domain.catalogue.product import PRODUCTS, Product, ProductNotAvailable
from domain.inventory.events import StockEvent
from domain.inventory.stock import STOCKS, InsufficientStock, Stock
from domain.promotions.pricing import Sale
from domain.shared.identifiers import CATEGORY_TREE, CartId, OrderId, ProductId, stock_of
from domain.shared.quantity import require_quantity
from domain.shared.refusal import Refusal, Violation
from domain.shopping.cart import CARTS, CartEmpty

TaxRates = Callable[[Product], int]
"""The rate of each product, in basis points."""


class Pick(msgspec.Struct, frozen=True, kw_only=True):
    """One product that can be bought, and what takes it off the shelf."""

    sale: Sale
    reservation: tuple[StockEvent, ...]


def tax_rates(work: Work, policy: ShopPolicy) -> TaxRates:
    """That of the product's category, or of the nearest above it that has one; the store's where none has."""

    def rate_of(product: Product) -> int:
        if product.category_id is None:
            return policy.tax_rate
        tree = work.find(CATEGORY_TREES, CATEGORY_TREE) or EMPTY
        rate = tree.tax_rate_of(product.category_id)
        return policy.tax_rate if rate is None else rate

    return rate_of


def pick_cart(work: Work, order_id: OrderId, cart_id: CartId, *, rate_of: TaxRates) -> tuple[Pick, ...]:
    """Everything the cart holds, first come first; raises CartEmpty, or as `_pick_all`."""
    cart = work.find(CARTS, cart_id)
    if cart is None or not cart.items:
        raise CartEmpty("The cart is empty.")
    entries = sorted(cart.items.items(), key=lambda entry: entry[1].order)
    wanted = {product_id: item.quantity for product_id, item in entries}
    return _pick_all(work, order_id, wanted, [f"/cart/items/{product_id}" for product_id in wanted], rate_of)


def pick_items(
    work: Work, order_id: OrderId, items: Iterable[tuple[ProductId, int]], *, rate_of: TaxRates
) -> tuple[Pick, ...]:
    """Products by name; one that is named twice is one line, where it was named first. Raises as `_pick_all`."""
    wanted, pointers = dict[ProductId, int](), dict[ProductId, str]()
    for at, (product_id, quantity) in enumerate(items):
        require_quantity(quantity)
        wanted[product_id] = wanted.get(product_id, 0) + quantity
        pointers.setdefault(product_id, f"/items/{at}")
    return _pick_all(work, order_id, wanted, list(pointers.values()), rate_of)


def _pick_all(
    work: Work, order_id: OrderId, wanted: Mapping[ProductId, int], pointers: Sequence[str], rate_of: TaxRates
) -> tuple[Pick, ...]:
    """Everything that is wanted. Where some cannot be bought, the first one's refusal is raised and names them all.

    `pointers` say where in the request each line stands.
    """
    products = work.find_all(PRODUCTS, list(wanted))
    stocks = work.find_all(STOCKS, [stock_of(product_id) for product_id in wanted])
    picks, refused = list[Pick](), list[tuple[Refusal, Violation]]()
    for quantity, product, stock, pointer in zip(wanted.values(), products, stocks, pointers, strict=True):
        try:
            picks.append(_pick(work, order_id, quantity, product, stock, rate_of))
        except Refusal as refusal:
            refused.append((refusal, Violation(pointer=pointer, message=refusal.detail)))
    if refused:
        first = refused[0][0]
        detail = first.detail if len(refused) == 1 else f"{len(refused)} lines cannot be bought: {first.detail}"
        raise type(first)(detail, violations=tuple(violation for _, violation in refused))
    return tuple(picks)


def _pick(
    work: Work, order_id: OrderId, quantity: int, product: Product | None, stock: Stock | None, rate_of: TaxRates
) -> Pick:
    if product is None:
        raise ProductNotAvailable("There is no such product.")
    product.require_buyable()
    if stock is None:
        raise InsufficientStock(f"{product.name} is not kept in stock.")
    return Pick(
        sale=Sale(
            product_id=product.id,
            seller_id=product.seller_id,
            name=product.name,
            quantity=quantity,
            price=product.effective_price(work.now),
            tax_rate=rate_of(product),
        ),
        reservation=stock.reserve(order_id, quantity),
    )
