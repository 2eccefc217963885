"""The buyer's own cart."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from api.answers import Answer, View, created, no_content, versioned
from api.call import Call
from api.fields import Body, Quantity
from api.positions import catch_up
from api.routing import Operation, Resource
from application.ports.security import Standing
from application.shopping import AddToCart, CartLineKept, ClearCart, RemoveFromCart, SetCartQuantity
from domain.accounts.events import Role
from domain.catalogue.product import ProductNotAvailable
from domain.shared.identifiers import ProductId, open_cart_of
from domain.shared.money import Money
from domain.shared.refusal import NotFound
from domain.shopping.cart import CartFull, CartTotalOutOfRange
from projections.cart_queries import CartLineRow, CartRow, cart

RESOURCE = Resource("/api/v1/cart", "shopping")
BUYER = (Role.BUYER,)
REFUSALS = (NotFound, ProductNotAvailable, CartFull, CartTotalOutOfRange)


class NewItem(Body):
    product_id: UUID
    quantity: Quantity


class QuantityForm(Body):
    quantity: Quantity


class CartItemView(View, frozen=True, kw_only=True):
    product_id: UUID
    name: str | None
    seller_id: UUID | None
    quantity: int
    price: Decimal
    """Of one unit, now."""
    full_price: Decimal
    """Of one unit, now, before discount and sale."""
    line_total: Decimal
    available: int
    warning: str | None
    """not-available, out-of-stock, insufficient-stock or price-changed."""


class CartView(View, frozen=True, kw_only=True):
    id: UUID
    user_id: UUID
    items: list[CartItemView]
    total: Decimal
    currency: str
    version: int
    created_at: datetime
    updated_at: datetime


class KeptItemView(View, frozen=True, kw_only=True):
    product_id: UUID
    name: str
    quantity: int
    price: Decimal
    line_total: Decimal


class CartLineView(View, frozen=True, kw_only=True):
    """The line, and what the whole cart comes to; no cost grows with the lines."""

    id: UUID
    item: KeptItemView
    lines: int
    total: Decimal
    currency: str
    version: int


EXAMPLE_ITEM = {"productId": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10", "quantity": 2}


@RESOURCE.route("GET", "", Operation(summary="The caller's cart at today's prices", answer=CartView, roles=BUYER))
async def get_cart(call: Call) -> Answer:
    await catch_up(call, "carts", "catalogue", "stock_levels")
    async with call.services.pool.connection() as connection:
        row = await cart(
            connection,
            call.account.account,
            carts=call.schema("carts"),
            catalogue=call.schema("catalogue"),
            stock=call.schema("stock_levels"),
            at=call.services.clock.now(),
        )
    currency = call.services.settings.store_currency
    view = _unused(call.account, currency) if row is None else _shown(row, currency)
    return versioned(view, view.version)


@RESOURCE.route(
    "POST",
    "/items",
    Operation(
        summary="Put so many more of a product into the cart",
        answer=CartLineView,
        status=201,
        roles=BUYER,
        refusals=REFUSALS,
        examples={"request": EXAMPLE_ITEM},
    ),
)
async def add_item(call: Call, body: NewItem) -> Answer:
    command = AddToCart(product_id=ProductId(body.product_id), quantity=body.quantity)
    kept = await call.done(command, CartLineKept)
    return created(_line(kept), location="/api/v1/cart", version=kept.version)


@RESOURCE.route(
    "PUT",
    "/items/{product_id}",
    Operation(
        summary="Set how many of a product are in the cart",
        answer=CartLineView,
        roles=BUYER,
        refusals=REFUSALS,
        examples={"request": {"quantity": 2}},
    ),
)
async def set_item(call: Call, product_id: ProductId, body: QuantityForm) -> Answer:
    expected = call.expected_version()
    command = SetCartQuantity(product_id=product_id, quantity=body.quantity, expected_version=expected)
    kept = await call.done(command, CartLineKept)
    return versioned(_line(kept), kept.version)


@RESOURCE.route(
    "DELETE", "/items/{product_id}", Operation(summary="Take a product out of the cart", status=204, roles=BUYER)
)
async def remove_item(call: Call, product_id: ProductId) -> Answer:
    await call.submit(RemoveFromCart(product_id=product_id, expected_version=call.expected_version()))
    return no_content()


@RESOURCE.route("DELETE", "", Operation(summary="Empty the cart", status=204, roles=BUYER))
async def clear_cart(call: Call) -> Answer:
    await call.submit(ClearCart(expected_version=call.expected_version()))
    return no_content()


def _shown(row: CartRow, currency: str) -> CartView:
    total = row.total(currency)
    return CartView(
        id=row.id,
        user_id=row.buyer_id,
        items=[_item(line) for line in row.lines],
        total=total.major(),
        currency=total.currency,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _item(line: CartLineRow) -> CartItemView:
    return CartItemView(
        product_id=line.product_id,
        name=line.name,
        seller_id=line.seller_id,
        quantity=line.quantity,
        price=line.price.major(),
        full_price=line.full_price.major(),
        line_total=line.line_total.major(),
        available=line.available,
        warning=line.warning,
    )


def _unused(caller: Standing, currency: str) -> CartView:
    """The cart is there before its first use; then it is as old as the account."""
    return CartView(
        id=open_cart_of(caller.account),
        user_id=caller.account,
        items=[],
        total=Money.zero(currency).major(),
        currency=currency,
        version=0,
        created_at=caller.created_at,
        updated_at=caller.created_at,
    )


def _line(kept: CartLineKept) -> CartLineView:
    return CartLineView(
        id=kept.cart_id,
        item=KeptItemView(
            product_id=kept.product_id,
            name=kept.title,
            quantity=kept.quantity,
            price=kept.price.major(),
            line_total=kept.line_total.major(),
        ),
        lines=kept.lines,
        total=kept.total.major(),
        currency=kept.total.currency,
        version=kept.version,
    )
