"""Buying what is in the cart, or items by name."""

from contextlib import nullcontext
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from pydantic import Field

from api import coupon_codes
from api.answers import Answer, View, created
from api.call import Call
from api.coupon_codes import guessing
from api.fields import Body, Quantity, Text
from api.problems import invalid, not_found
from api.routers.coupon_schemas import CodeText
from api.routing import Operation, Resource
from application.ordering.checkout import Checkout, Item, OrderKept
from domain.accounts.address_book import UnknownAddress
from domain.accounts.events import Role
from domain.catalogue.product import ProductNotAvailable
from domain.inventory.stock import InsufficientStock
from domain.ordering.placing import MAX_LINES, OrderEmpty, TooManyLines
from domain.shared.identifiers import AddressId, CartId, OrderId, ProductId
from domain.shared.refusal import NotFound, Refusal
from domain.shared.sealed import Sealed
from domain.shopping.cart import CartEmpty

RESOURCE = Resource("/api/v1", "ordering")
REFUSALS: tuple[type[Refusal], ...] = (
    NotFound,
    CartEmpty,
    ProductNotAvailable,
    InsufficientStock,
    UnknownAddress,
    *coupon_codes.REFUSALS,
)

AddressLine = Annotated[str, Text(200)]


class Address(Body):
    name: AddressLine = ""
    line1: Annotated[str, Text(200, 1)]
    line2: AddressLine = ""
    city: AddressLine = ""
    state: AddressLine = ""
    postal_code: AddressLine = ""
    country: AddressLine = ""
    phone: AddressLine = ""


class CheckoutForm(Body):
    cart_id: UUID | None = None
    coupon_code: CodeText | None = None
    shipping_address: Address | None = None
    address_id: Annotated[UUID | None, Field(description="Of the caller's address book, instead of an address.")] = None
    """Without either, the address book's default, if there is one."""


class ItemForm(Body):
    product_id: UUID
    quantity: Quantity


class OrderForm(CheckoutForm):
    """With items, those are bought and the cart stays as it is."""

    items: Annotated[list[ItemForm], Field(min_length=1, max_length=MAX_LINES)] | None = None


class CheckoutView(View, frozen=True, kw_only=True):
    id: UUID
    order_id: UUID
    order_number: str
    payment_id: UUID
    status: str
    original_total: Decimal
    discount_applied: Decimal
    tax: Decimal
    payable_amount: Decimal
    currency: str
    payment_options: tuple[str, ...]
    pay_before: datetime | None
    version: int


EXAMPLE_ADDRESS = {"line1": "12 MG Road", "city": "Bengaluru", "postalCode": "560001", "country": "IN"}
EXAMPLE_ITEMS = [{"productId": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10", "quantity": 2}]


@RESOURCE.route(
    "POST",
    "/checkout",
    Operation(
        summary="Order what is in the cart",
        answer=CheckoutView,
        status=201,
        roles=(Role.BUYER,),
        refusals=REFUSALS,
        examples={"request": {"couponCode": "ROSE-10", "shippingAddress": EXAMPLE_ADDRESS}},
    ),
)
async def check_out(call: Call, body: CheckoutForm) -> Answer:
    return await _place(call, body, None)


@RESOURCE.route(
    "POST",
    "/orders",
    Operation(
        summary="Order the items named, or what is in the cart",
        answer=CheckoutView,
        status=201,
        roles=(Role.BUYER,),
        refusals=(*REFUSALS, OrderEmpty, TooManyLines),
        examples={"request": {"items": EXAMPLE_ITEMS, "addressId": "5d0e6f1a-55cc-5b8e-9f53-0c8d6f1b2a10"}},
    ),
)
async def place_order(call: Call, body: OrderForm) -> Answer:
    if body.items is None:
        return await _place(call, body, None)
    items = tuple(Item(product_id=ProductId(each.product_id), quantity=each.quantity) for each in body.items)
    return await _place(call, body, items)


async def _place(call: Call, body: CheckoutForm, items: tuple[Item, ...] | None) -> Answer:
    if body.address_id is not None and body.shipping_address is not None:
        raise invalid("/addressId", "Either an address or the id of one.")
    command = Checkout(
        order_id=OrderId(call.new_id("order")),
        cart_id=None if body.cart_id is None else CartId(body.cart_id),
        items=items,
        coupon_code=body.coupon_code,
        shipping_address=None if body.shipping_address is None else await _sealed(call, body.shipping_address),
        address_id=None if body.address_id is None else AddressId(body.address_id),
    )
    async with guessing(call) if body.coupon_code is not None else nullcontext():
        kept = await call.done(command, OrderKept)
    return created(_view(kept), location=f"/api/v1/orders/{kept.order_id}", version=kept.version)


async def _sealed(call: Call, address: Address) -> Sealed:
    buyer = call.account.account
    key = await call.services.vault.key_of(buyer)
    if key is None:
        raise not_found("There is no such account.")
    text = msgspec.json.encode(address.model_dump(by_alias=True, exclude_defaults=True)).decode()
    return call.services.vault.seal(person=buyer, key=key, text=text)


def _view(kept: OrderKept) -> CheckoutView:
    return CheckoutView(
        id=kept.order_id,
        order_id=kept.order_id,
        order_number=kept.order_number,
        payment_id=kept.payment_id,
        status=kept.status,
        original_total=kept.original.major(),
        discount_applied=kept.discount.major(),
        tax=kept.tax.major(),
        payable_amount=kept.payable.major(),
        currency=kept.payable.currency,
        payment_options=kept.payment_options,
        pay_before=kept.pay_before,
        version=kept.version,
    )
