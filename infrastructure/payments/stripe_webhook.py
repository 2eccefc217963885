"""What Stripe delivers, verified and read by its own library."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

import msgspec
import stripe

from application.ports.deliveries import ChargeNews, Delivery, DeliveryForged, DeliveryStale, OtherNews, RefundNews
from application.ports.gateway import Charge, ChargeStatus, Receipt
from domain.shared.identifiers import PaymentId, derived
from domain.shared.money import Money
from infrastructure.payments.said import line

PROVIDER = "stripe"
TOLERANCE = 300
"""Seconds between the signature's time and our clock. What is delivered again is signed anew."""
KEY, PAYMENT, REFUND = "shop_key", "shop_payment", "shop_refund"
"""What is kept with everything that is made at Stripe's."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\A[\x21-\x7e]+\Z")]
Minor = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]


class _Failure(msgspec.Struct):
    message: str | None = None


class Intent(msgspec.Struct):
    """A payment intent, as far as it matters."""

    id: Name
    amount: Minor
    currency: Name
    status: str
    metadata: dict[str, Any] = {}
    amount_received: Minor = 0
    client_secret: str | None = None
    next_action: dict[str, Any] | None = None
    last_payment_error: _Failure | None = None


class _Refund(msgspec.Struct):
    id: Name
    amount: Minor
    currency: Name
    status: str
    metadata: dict[str, Any] = {}


CHARGES = {
    "payment_intent.succeeded": ChargeStatus.SUCCEEDED,
    "payment_intent.payment_failed": ChargeStatus.DECLINED,
    "payment_intent.canceled": ChargeStatus.VOIDED,
}
REFUNDS = {"refund.created", "refund.updated", "charge.refund.updated", "refund.failed"}
NOT_COMING = {"failed", "canceled"}
"""What becomes of a refund that somebody has to look after: the buyer may have been told that it is there."""


class _Data(msgspec.Struct):
    object: Any


class _Event(msgspec.Struct):
    id: Name
    type: Name
    data: _Data


class StripeWebhook:
    """Several secrets are good at once while one takes over from another."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    async def receive(self, body: bytes, headers: Mapping[bytes, bytes], *, at: datetime) -> Delivery:  # noqa: ARG002 - the library has a clock of its own
        self._verify(body, headers.get(b"stripe-signature", b""))
        try:
            event = msgspec.json.decode(body, type=_Event)
        except (msgspec.DecodeError, RecursionError):
            digest = sha256(body).hexdigest()
            return Delivery(provider=PROVIDER, identity=digest, kind="unreadable", news=OtherNews(understood=False))
        news: ChargeNews | RefundNews | OtherNews
        try:
            news = _news(event.type, event.data.object)
        except ValueError:  # msgspec's own among them
            news = OtherNews(understood=False)
        return Delivery(provider=PROVIDER, identity=event.id, kind=event.type, news=news)

    def _verify(self, body: bytes, header: bytes) -> None:
        """Raises DeliveryForged or DeliveryStale; what is signed may still be no event."""
        if not (header.isascii() and _is_text(body)):
            raise DeliveryForged(PROVIDER)
        stale = False
        for secret in self._secrets:
            try:
                stripe.Webhook.construct_event(body, header.decode("ascii"), secret, tolerance=TOLERANCE)
            except stripe.SignatureVerificationError as refused:
                stale = stale or "tolerance" in str(refused)
            except (ValueError, TypeError, AttributeError, RecursionError):  # what it holds was looked at last
                return
            else:
                return
        raise DeliveryStale(PROVIDER) if stale else DeliveryForged(PROVIDER)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _news(kind: str, held: Any) -> ChargeNews | RefundNews | OtherNews:
    """Raises ValueError where it is not about anything of ours."""
    if kind in CHARGES:
        intent = msgspec.convert(held, Intent)
        return ChargeNews(payment_id=payment_of(intent.metadata), charge=charge_of(intent, CHARGES[kind]))
    if kind in REFUNDS:
        refund = msgspec.convert(held, _Refund)
        if refund.status != "succeeded":
            return OtherNews(understood=refund.status not in NOT_COMING)
        asked = refund.metadata.get(REFUND)
        receipt = Receipt(
            key=UUID(str(asked)) if asked else derived("refund-at", PROVIDER, refund.id),
            amount=money(refund.amount, refund.currency),
            transaction_id=refund.id,
        )
        return RefundNews(payment_id=payment_of(refund.metadata), receipt=receipt)
    return OtherNews(understood=True)


def payment_of(metadata: Mapping[str, Any]) -> PaymentId:
    """Raises ValueError where it is none of ours."""
    return PaymentId(UUID(str(metadata.get(PAYMENT))))


def charge_of(intent: Intent, status: ChargeStatus) -> Charge:
    """Raises ValueError where the intent is none of ours."""
    reason = intent.last_payment_error.message if intent.last_payment_error else None
    return Charge(
        key=UUID(str(intent.metadata.get(KEY))),
        status=status,
        amount=money(intent.amount_received if status is ChargeStatus.SUCCEEDED else intent.amount, intent.currency),
        transaction_id=intent.id,
        reason=line(reason or "The bank declined.") if status is ChargeStatus.DECLINED else None,
    )


def money(minor: int, currency: str) -> Money:
    return Money(minor, currency.upper())
