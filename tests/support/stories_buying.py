"""Requests of those who buy, and about what was bought: carts, wishes, orders, payments."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import uuid4

from tests.support.provider_news import RazorpayEvent, sign_stripe, stripe_event
from tests.support.stage import Asked, Stage, Story


def _put_item(stage: Stage) -> Asked:
    return Asked(by=stage.buyer, body={"productId": stage.shelf, "quantity": 1})


def _item(stage: Stage) -> Asked:
    return Asked(by=stage.buyer, ids=(stage.shelf,), body={"quantity": 3}, personal=False)


def _taken_item(stage: Stage) -> Asked:
    stage.cart()
    return Asked(by=stage.buyer, ids=(stage.shelf,), personal=False)


def _wished(stage: Stage) -> Asked:
    caller = stage.newcomer()
    caller.post("/wishlist", {"productId": stage.shelf}).expect(201)
    return Asked(by=caller, ids=(stage.shelf,), personal=False)


def _checked_out(stage: Stage) -> Asked:
    stage.cart()
    return Asked(by=stage.buyer, body={"shippingAddress": {"line1": "12 MG Road", "city": "Pune"}}, other={})


def _order(body: object = None) -> Story:
    """About a new one of the buyer's."""
    return lambda stage: Asked(by=stage.buyer, ids=(stage.order()["orderId"],), body=body)


def _sold(body: object) -> Story:
    """By the seller, about what has been paid for."""
    return lambda stage: Asked(
        by=stage.seller, ids=(stage.paid()["orderId"],), body=body, other={"status": "delivered"}
    )


def _razorpay(stage: Stage) -> Asked:
    """Of no consequence."""
    signed = RazorpayEvent(event="payment.authorized", payload={}).signed()
    return Asked(by=stage.nobody, body=signed.body, headers=signed.headers)


def _stripe(stage: Stage) -> Asked:
    """Of no consequence."""
    signed = sign_stripe(stripe_event("customer.created", {}, event_id=f"evt_{uuid4().hex}"))
    return Asked(by=stage.nobody, body=signed.body, headers=signed.headers)


_CANCELLED = _order({"reason": "Ordered twice."})

STORIES: Mapping[str, Story] = {
    "POST /cart/items": _put_item,
    "POST /cart": _put_item,
    "PUT /cart/items/{}": _item,
    "PUT /cart/{}": _item,
    "DELETE /cart/items/{}": _taken_item,
    "DELETE /cart/{}": _taken_item,
    "POST /wishlist": lambda stage: Asked(by=stage.newcomer(), body={"productId": stage.shelf}),
    "DELETE /wishlist/{}": _wished,
    "POST /checkout": _checked_out,
    "POST /orders/checkout": _checked_out,
    "POST /orders": lambda stage: Asked(
        by=stage.buyer, body={"items": [{"productId": stage.shelf, "quantity": 1}]}, other={}
    ),
    "GET /orders/{}": _order(),
    "GET /orders/{}/history": _order(),
    "POST /orders/{}/cancel": _CANCELLED,
    "PATCH /orders/{}/cancel": _CANCELLED,
    "PUT /orders/{}/cancel": _CANCELLED,
    "DELETE /orders/{}": lambda stage: Asked(by=stage.buyer, ids=(stage.order()["orderId"],), status=409),
    "POST /orders/{}/restore": _order(),
    "PATCH /orders/{}/status": _sold({"status": "shipped"}),
    "POST /payments/razorpay/webhook": _razorpay,
    "POST /payments/stripe/webhook": _stripe,
    "POST /payments": lambda stage: Asked(
        by=stage.buyer, body={"orderId": stage.order()["orderId"], "method": "UPI", "transactionId": "txn_42"}
    ),
    "GET /payments/{}": lambda stage: Asked(by=stage.buyer, ids=(stage.paid()["paymentId"],)),
    "POST /payments/{}/retry": lambda stage: Asked(
        by=stage.buyer, ids=(stage.declined(),), body={"method": "CARD", "transactionId": "txn_1"}
    ),
    "POST /payments/{}/refunds": lambda stage: Asked(
        by=stage.seller, ids=(stage.paid()["paymentId"],), body={"amount": Decimal("1.00"), "reason": "Dented."}
    ),
}
