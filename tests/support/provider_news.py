"""What payment providers deliver, signed as they sign it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import msgspec

from infrastructure.payments.razorpay_webhook import order_of, signature_of

RAZORPAY_SECRET, STRIPE_SECRET = "razorpay-says-so", "whsec_stripe-says-so"
SECRETS: Mapping[str, str] = {"RAZORPAY_WEBHOOK_SECRET": RAZORPAY_SECRET, "STRIPE_WEBHOOK_SECRET": STRIPE_SECRET}
RAZORPAY, STRIPE = "/payments/razorpay/webhook", "/payments/stripe/webhook"


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A body and the headers that come with it."""

    body: bytes
    headers: Mapping[str, str]

    @property
    def raw_headers(self) -> Mapping[bytes, bytes]:
        return {name.replace("_", "-").lower().encode(): value.encode() for name, value in self.headers.items()}


def captured(
    order_id: object, key: UUID | None, minor: int, *, transaction: str = "pay_1", **changed: Any
) -> dict[str, Any]:
    """A payment at Razorpay's."""
    entity = {
        "id": transaction,
        "amount": minor,
        "currency": "INR",
        "order_id": order_of(key) if key else None,
        "notes": {"orderId": str(order_id)},
        **changed,
    }
    return {"payment": {"entity": entity}}


@dataclass(frozen=True, kw_only=True)
class RazorpayEvent:
    """Delivered as often as it takes, and signed anew each time."""

    payload: Mapping[str, Any]
    event: str = "payment.captured"
    id: str = field(default_factory=lambda: f"evt_{uuid4().hex}")

    def signed(self, *, at: float | None = None, secret: str = RAZORPAY_SECRET) -> Signed:
        created = int(time.time() if at is None else at)
        told = {"entity": "event", "event": self.event, "payload": self.payload, "created_at": created}
        body = msgspec.json.encode(told)
        return sign_razorpay(body, secret=secret, event_id=self.id)


def sign_razorpay(body: bytes, *, secret: str = RAZORPAY_SECRET, event_id: str = "evt_1") -> Signed:
    signature = signature_of(secret, body)
    return Signed(body=body, headers={"X_Razorpay_Signature": signature, "X_Razorpay_Event_Id": event_id})


def sign_stripe(body: bytes, *, secret: str = STRIPE_SECRET, at: float | None = None) -> Signed:
    created = int(time.time() if at is None else at)
    signature = signature_of(secret, b"%d.%s" % (created, body))
    return Signed(body=body, headers={"Stripe_Signature": f"t={created},v1={signature}"})


def stripe_event(kind: str, held: Mapping[str, Any], *, event_id: str = "evt_1") -> bytes:
    return msgspec.json.encode({"id": event_id, "object": "event", "type": kind, "data": {"object": held}})


def intent(payment_id: object, key: UUID, minor: int, **changed: Any) -> dict[str, Any]:
    """A payment intent that has succeeded."""
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": minor,
        "amount_received": minor,
        "currency": "inr",
        "status": "succeeded",
        "metadata": {"shop_key": str(key), "shop_payment": str(payment_id)},
        **changed,
    }
