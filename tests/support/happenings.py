"""Events as they stand in the log, with what does not matter to a test filled in."""

from datetime import datetime
from uuid import UUID

from domain.catalogue.events import ProductListed
from domain.inventory.events import StockAdjusted, StockEvent, StockOpened
from domain.ordering.events import OrderLine, OrderPlaced
from domain.payments.events import Method, PaymentAttempted, PaymentRequested, PaymentSucceeded
from domain.shared.identifiers import AccountId, CategoryId, OrderId, ProductId, derived, payment_of
from domain.shared.money import Money
from domain.shared.sealed import Sealed
from tests.support.times import NOON

BUYER = AccountId(UUID(int=0xB1))
SELLER = AccountId(UUID(int=0x51))


def inr(minor: int) -> Money:
    return Money(minor, "INR")


def product(number: int) -> ProductId:
    return ProductId(UUID(int=0xA00 + number))


def order_id(number: int) -> OrderId:
    return OrderId(UUID(int=0xD00 + number))


def listed(
    product_id: ProductId,
    *,
    name: str = "Rose Shampoo",
    price: int = 87_500,
    discount: int = 0,
    seller: AccountId = SELLER,
    at: datetime = NOON,
    category: CategoryId | None = None,
) -> ProductListed:
    return ProductListed(
        product_id=product_id,
        seller_id=seller,
        name=name,
        description="With real petals.",
        sku=None,
        attributes={"size": "200 ml"},
        price=inr(price),
        discount=discount,
        at=at,
        category_id=category,
    )


def stocked(product_id: ProductId, on_hand: int, *, threshold: int = 5) -> tuple[StockEvent, ...]:
    return (
        StockOpened(product_id=product_id, threshold=threshold),
        StockAdjusted(product_id=product_id, change=on_hand, on_hand=on_hand, reason="delivered"),
    )


def line(number: int, *, quantity: int = 1, price: int = 87_500, seller: AccountId = SELLER) -> OrderLine:
    total, nothing = inr(quantity * price), inr(0)
    return OrderLine(
        product_id=product(number),
        seller_id=seller,
        name="Rose Shampoo",
        quantity=quantity,
        price=inr(price),
        original=total,
        discount=nothing,
        tax=nothing,
        payable=total,
    )


def placed(order: OrderId, *lines: OrderLine, buyer: AccountId = BUYER, at: datetime = NOON) -> OrderPlaced:
    total, nothing = inr(sum(each.payable.minor for each in lines)), inr(0)
    return OrderPlaced(
        order_id=order,
        order_number=f"TS-{order.int:04}",
        buyer_id=buyer,
        payment_id=payment_of(order),
        lines=lines,
        original=total,
        discount=nothing,
        tax=nothing,
        tax_inclusive=False,
        payable=total,
        from_cart=True,
        shipping_address=Sealed(buyer, "box"),
        pay_before=at,
        at=at,
    )


def charge_key(order: OrderId, attempt: int = 1) -> UUID:
    return derived("charge", payment_of(order), attempt)


def requested(order: OrderId, amount: int) -> PaymentRequested:
    return PaymentRequested(payment_id=payment_of(order), order_id=order, buyer_id=BUYER, amount=inr(amount), at=NOON)


def attempted(order: OrderId, amount: int, *, attempt: int = 1) -> PaymentAttempted:
    return PaymentAttempted(
        payment_id=payment_of(order),
        attempt=attempt,
        key=charge_key(order, attempt),
        method=Method.UPI,
        reference="txn_1",
        amount=inr(amount),
        at=NOON,
    )


def paid(order: OrderId, amount: int, *, attempt: int = 1) -> PaymentSucceeded:
    return PaymentSucceeded(
        payment_id=payment_of(order),
        key=charge_key(order, attempt),
        transaction_id="txn_1",
        amount=inr(amount),
        at=NOON,
    )
