"""What the golden files of orders and payments say."""

from datetime import timedelta
from uuid import UUID

from domain.ordering.events import (
    ConfirmationGround,
    OrderCancelled,
    OrderConfirmed,
    OrderDeleted,
    OrderLine,
    OrderLinesBegun,
    OrderLinesCancelled,
    OrderLinesDelivered,
    OrderLinesShipped,
    OrderPlaced,
    OrderRestored,
)
from domain.payments.events import (
    CashHandedBack,
    CashOnDeliveryChosen,
    Method,
    PaymentAttempted,
    PaymentAttemptVoided,
    PaymentCancelled,
    PaymentDeclined,
    PaymentReduced,
    PaymentRequested,
    PaymentSucceeded,
    RefundRequested,
    RefundSucceeded,
    SurplusReceived,
)
from domain.shared.actor import Actor
from domain.shared.event import Event
from domain.shared.identifiers import PaymentId, RefundId
from domain.shared.money import Money
from domain.shared.sealed import Sealed
from tests.golden.customers import ACCOUNT, AT, ORDER, PRICE, PRODUCT

PAYMENT = PaymentId(UUID("9a000000-0000-5000-8000-000000000008"))
REFUND = RefundId(UUID("9e000000-0000-4000-8000-000000000009"))
KEY = UUID("4e000000-0000-5000-8000-00000000000a")
DISCOUNT, TAX, PAYABLE = Money(17_500, "INR"), Money(28_350, "INR"), Money(185_850, "INR")

LINE = OrderLine(
    product_id=PRODUCT,
    seller_id=ACCOUNT,
    name="Rose Shampoo",
    quantity=2,
    price=PRICE,
    original=Money(175_000, "INR"),
    discount=DISCOUNT,
    tax=TAX,
    payable=PAYABLE,
)

ORDERS: tuple[Event, ...] = (
    OrderPlaced(
        order_id=ORDER,
        order_number="T-4K7Q-0001",
        buyer_id=ACCOUNT,
        payment_id=PAYMENT,
        lines=(LINE,),
        original=Money(175_000, "INR"),
        discount=DISCOUNT,
        tax=TAX,
        tax_inclusive=False,
        payable=PAYABLE,
        from_cart=True,
        shipping_address=Sealed(person=ACCOUNT, box="YWRkcmVzcyBpbiBhIGJveA"),
        pay_before=AT + timedelta(minutes=30),
        at=AT,
    ),
    OrderConfirmed(order_id=ORDER, ground=ConfirmationGround.CASH_ON_DELIVERY, at=AT),
    OrderLinesBegun(order_id=ORDER, seller_id=ACCOUNT, product_ids=(PRODUCT,), at=AT),
    OrderLinesShipped(order_id=ORDER, seller_id=ACCOUNT, product_ids=(PRODUCT,), at=AT),
    OrderLinesDelivered(order_id=ORDER, seller_id=ACCOUNT, product_ids=(PRODUCT,), at=AT),
    OrderLinesCancelled(
        order_id=ORDER, seller_id=ACCOUNT, product_ids=(PRODUCT,), by=Actor.of(ACCOUNT), reason="sold out", at=AT
    ),
    OrderCancelled(order_id=ORDER, by=Actor.of(ACCOUNT), reason="changed my mind", at=AT),
    OrderDeleted(order_id=ORDER, by=Actor.of(ACCOUNT), at=AT),
    OrderRestored(order_id=ORDER, by=Actor.of(ACCOUNT), at=AT),
    PaymentRequested(payment_id=PAYMENT, order_id=ORDER, buyer_id=ACCOUNT, amount=PAYABLE, at=AT),
    PaymentAttempted(
        payment_id=PAYMENT, attempt=2, key=KEY, method=Method.UPI, reference="txn_1", amount=PAYABLE, at=AT
    ),
    PaymentSucceeded(payment_id=PAYMENT, key=KEY, transaction_id="sim_1", amount=PAYABLE, at=AT),
    SurplusReceived(payment_id=PAYMENT, key=KEY, transaction_id="sim_2", amount=PAYABLE, at=AT),
    PaymentDeclined(payment_id=PAYMENT, key=KEY, reason="declined by the bank", at=AT),
    PaymentAttemptVoided(payment_id=PAYMENT, key=KEY, at=AT),
    CashOnDeliveryChosen(payment_id=PAYMENT, at=AT),
    PaymentReduced(payment_id=PAYMENT, amount=Money(100_000, "INR"), at=AT),
    PaymentCancelled(payment_id=PAYMENT, at=AT),
    RefundRequested(
        payment_id=PAYMENT,
        refund_id=REFUND,
        charge=KEY,
        amount=Money(100, "INR"),
        reason="the order was cancelled",
        by=Actor.system("unpaid-orders"),
        at=AT,
    ),
    RefundSucceeded(payment_id=PAYMENT, refund_id=REFUND, amount=Money(100, "INR"), transaction_id="sim_r1", at=AT),
    CashHandedBack(
        payment_id=PAYMENT,
        refund_id=REFUND,
        charge=KEY,
        amount=Money(100, "INR"),
        reason="a petal was missing",
        by=Actor.of(ACCOUNT),
        at=AT,
    ),
)
