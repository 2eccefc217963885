"""What payment providers deliver by themselves: verified over the raw body, recorded once, and never told to come again
when it was recorded."""

from hashlib import sha256
from typing import Any, Final

from api import identity
from api.answers import Answer, View, json_answer
from api.call import Call
from api.errors import raise_refusal
from api.problems import later, not_found
from api.receiving import received
from api.routing import Access, Operation, Resource
from application.deliveries import RefuseDelivery, SignatureInvalid, SignatureStale, command_of, delivery_id
from application.ports.deliveries import DeliveryForged, DeliveryStale
from application.ports.gateway import GatewayUnavailable
from domain.shared.actor import Actor
from domain.shared.identifiers import derived
from domain.shared.refusal import NotFound

RESOURCE = Resource("/api/v1/payments", "payments")
SIGNATURES: Final = {"razorpay": b"x-razorpay-signature", "stripe": b"stripe-signature"}
RAZORPAY: Final[dict[str, Any]] = {
    "entity": "event",
    "event": "payment.captured",
    "payload": {
        "payment": {
            "entity": {
                "id": "pay_29QQoUBi66xm2f",
                "amount": 103250,
                "currency": "INR",
                "order_id": "order_6f1a5d0e55cc5b8e9f530c8d6f1b2a10",
                "notes": {"orderId": "1d3f6c1a-6c2c-5d62-93f3-0a7d1b1c5f11"},
            }
        }
    },
    "created_at": 1795262400,
}
STRIPE: Final[dict[str, Any]] = {
    "id": "evt_1NG8Du2eZvKYlo2CUI79vXWy",
    "object": "event",
    "type": "payment_intent.succeeded",
    "data": {
        "object": {
            "id": "pi_3MtwBwLkdIwHu7ix28a3tqPa",
            "amount": 103250,
            "amount_received": 103250,
            "currency": "inr",
            "status": "succeeded",
            "metadata": {
                "shop_key": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10",
                "shop_payment": "b6a7c1de-9a0b-5e2f-8f3e-4f9f8a1d2c3b",
            },
        }
    },
}


class DeliveryAnswer(View, frozen=True, kw_only=True):
    """`recorded`, or `refused` with the code of the rule that did: then it is recorded as refused."""

    status: str
    code: str | None


def operation(name: str, example: dict[str, Any]) -> Operation:
    return Operation(
        summary=f"What {name} delivers",
        access=Access.PUBLIC,
        answer=DeliveryAnswer,
        refusals=(SignatureInvalid, SignatureStale, NotFound),
        raw=example,
        examples={"response": {"status": "recorded", "code": None}},
    )


@RESOURCE.route("POST", "/razorpay/webhook", operation("Razorpay", RAZORPAY))
async def razorpay_webhook(call: Call) -> Answer:
    return await _deliver(call, "razorpay")


@RESOURCE.route("POST", "/stripe/webhook", operation("Stripe", STRIPE))
async def stripe_webhook(call: Call) -> Answer:
    return await _deliver(call, "stripe")


async def _deliver(call: Call, provider: str) -> Answer:
    call.command_id()  # a key is of no use here, but has to be one
    webhook = call.services.webhooks.get(provider)
    if webhook is None:
        raise not_found("This shop has no secret of that provider.")
    body = await received(call.receive, call.given, limit=call.services.settings.max_body)
    actor = Actor.system(provider)
    try:
        delivery = await webhook.receive(body, call.given, at=call.services.clock.now())
    except (DeliveryForged, DeliveryStale) as unbelieved:
        return await _refuse(call, provider, body, stale=isinstance(unbelieved, DeliveryStale))
    except GatewayUnavailable:
        raise later("unavailable", "Nothing was recorded; deliver it again.") from None
    await _excuse(call)
    outcome = await call.report(command_of(delivery), command_id=delivery_id(delivery), actor=actor)
    if outcome.replayed:
        call.extra.append((b"idempotent-replayed", b"true"))
    call.wrote(outcome)
    if outcome.refusal is not None:
        return json_answer(DeliveryAnswer(status="refused", code=outcome.refusal.code))
    return json_answer(DeliveryAnswer(status="recorded", code=None))


async def _refuse(call: Call, provider: str, body: bytes, *, stale: bool) -> Answer:
    """Leaves one row for each body and signature, however often they come."""
    digest = sha256(call.given.get(SIGNATURES[provider], b"") + b"\n" + body).hexdigest()
    outcome = await call.report(
        RefuseDelivery(provider=provider, stale=stale),
        command_id=derived("unbelieved", provider, digest),
        actor=Actor.system(provider),
    )
    raise_refusal(outcome)
    raise not_found()


async def _excuse(call: Call) -> None:
    """The provider may deliver as much as there is to tell."""
    if call.claims is None and call.key is None:
        await call.running.limits.excuse(identity.counted_as(call.address))
