"""What Razorpay delivers: HMAC-SHA256 over the raw body, and JSON that names the order by ours."""

import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Protocol
from uuid import UUID

import msgspec

from application.ports.deliveries import ChargeNews, Delivery, DeliveryForged, DeliveryStale, OtherNews, RefundNews
from application.ports.gateway import Charge, ChargeStatus, Receipt
from domain.payments.attempt import MAX_ATTEMPTS, attempt_key
from domain.shared.identifiers import OrderId, PaymentId, derived, payment_of
from domain.shared.money import Money
from infrastructure.payments.said import line

PROVIDER = "razorpay"
LATE = timedelta(days=15)
"""So old an event may be: one that is delivered again keeps its `created_at`, and is recorded once."""
EARLY = timedelta(minutes=5)
"""So far its clock may be before ours."""
ORDER = "order_"
ATTEMPTS = tuple(str(number) for number in range(1, MAX_ATTEMPTS + 1))

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"\A[\x21-\x7e]+\Z")]
Minor = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]


class _Payment(msgspec.Struct):
    id: Name
    amount: Minor
    currency: Name
    order_id: str | None = None
    notes: Any = None
    """An object, or an empty list where there are none."""
    error_description: str | None = None


class _Refund(msgspec.Struct):
    id: Name
    amount: Minor
    currency: Name
    notes: Any = None


class _PaymentEntity(msgspec.Struct):
    entity: _Payment


class _RefundEntity(msgspec.Struct):
    entity: _Refund


class _Payload(msgspec.Struct):
    payment: _PaymentEntity | None = None
    refund: _RefundEntity | None = None


class _Head(msgspec.Struct):
    event: Annotated[str, msgspec.Meta(max_length=100)]
    created_at: Minor


class _Event(_Head):
    payload: _Payload


CHARGES = {
    "payment.captured": ChargeStatus.SUCCEEDED,
    "order.paid": ChargeStatus.SUCCEEDED,
    "payment.failed": ChargeStatus.DECLINED,
}
REFUNDS = {"refund.processed"}
REFUND_FAILED = "refund.failed"
"""Somebody has to look after it: the buyer may have been told that the money is there."""


def order_of(key: UUID) -> str:
    """What Razorpay calls the attempt of that key."""
    return ORDER + key.hex


def key_of(order: str) -> UUID:
    """Raises ValueError where it is no name of ours."""
    if not order.startswith(ORDER) or len(order) != len(ORDER) + 32:
        raise ValueError(order)
    return UUID(hex=order.removeprefix(ORDER))


def signature_of(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, sha256).hexdigest()


def is_signed(message: bytes, signature: bytes, secrets: Sequence[str]) -> bool:
    """In constant time, whichever secret it is that fits."""
    fits = [hmac.compare_digest(signature_of(secret, message).encode(), signature) for secret in secrets]
    return any(fits)


class ChargeBook(Protocol):
    async def learn(self, charge: Charge) -> None:
        """Keeps the outcome of a charge that was made elsewhere. Raises GatewayUnavailable."""


class RazorpayWebhook:
    """Several secrets are good at once while one takes over from another."""

    def __init__(self, secrets: Sequence[str], books: ChargeBook) -> None:
        self._secrets = secrets
        self._books = books

    async def receive(self, body: bytes, headers: Mapping[bytes, bytes], *, at: datetime) -> Delivery:
        if not is_signed(body, headers.get(b"x-razorpay-signature", b"").strip(), self._secrets):
            raise DeliveryForged(PROVIDER)
        try:
            head = msgspec.json.decode(body, type=_Head)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _unreadable(body)
        if not -EARLY.total_seconds() <= at.timestamp() - head.created_at <= LATE.total_seconds():
            raise DeliveryStale(PROVIDER)
        delivery = _read(body, line(headers.get(b"x-razorpay-event-id", b"").decode("latin-1")))
        if isinstance(delivery.news, ChargeNews):
            await self._books.learn(delivery.news.charge)
        return delivery


def _read(body: bytes, event_id: str) -> Delivery:
    """The header is not signed: an event's identity holds what the signed body says it is about, too."""
    try:
        event = msgspec.json.decode(body, type=_Event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _unreadable(body)
    payment = event.payload.payment.entity if event.payload.payment else None
    refund = event.payload.refund.entity if event.payload.refund else None
    news: ChargeNews | RefundNews | OtherNews
    try:
        if event.event in CHARGES and payment is not None:
            news = _charge_news(CHARGES[event.event], payment)
        elif event.event in REFUNDS and refund is not None:
            news = _refund_news(refund, payment)
        else:
            news = OtherNews(understood=event.event not in {*CHARGES, *REFUNDS, REFUND_FAILED})
    except ValueError:
        news = OtherNews(understood=False)
    about = refund.id if refund else payment.id if payment else ""
    identity = f"{event_id}:{event.event}:{about}"
    return Delivery(provider=PROVIDER, identity=identity, kind=line(event.event), news=news)


def _charge_news(status: ChargeStatus, payment: _Payment) -> ChargeNews:
    """Raises ValueError where it names no order, or the attempt of another."""
    payment_id = _payment_of(payment.notes)
    reason = line(payment.error_description or "") or None
    charge = Charge(
        key=_key_of(payment, payment_id),
        status=status,
        amount=Money(payment.amount, payment.currency),
        transaction_id=payment.id,
        reason=reason if status is ChargeStatus.DECLINED else None,
    )
    return ChargeNews(payment_id=payment_id, charge=charge)


def _refund_news(refund: _Refund, payment: _Payment | None) -> RefundNews:
    """One that nobody here asked for gets an id of its own, which the payment will not know."""
    payment_id = _payment_of(refund.notes if _note(refund.notes, "orderId") or payment is None else payment.notes)
    asked = _note(refund.notes, "refundId")
    key = UUID(asked) if asked else derived("refund-at", PROVIDER, refund.id)
    amount = Money(refund.amount, refund.currency)
    return RefundNews(payment_id=payment_id, receipt=Receipt(key=key, amount=amount, transaction_id=refund.id))


def _payment_of(notes: Any) -> PaymentId:
    return payment_of(OrderId(UUID(_note(notes, "orderId"))))


def _key_of(payment: _Payment, payment_id: PaymentId) -> UUID:
    """Money under a name that is none of ours has a key of its own: it is nobody's payment, and goes back.

    Raises ValueError where the name is the attempt of another payment: the notes are the buyer's to write.
    """
    attempt = _note(payment.notes, "attempt")
    key = None
    with suppress(ValueError):
        key = key_of(payment.order_id or "")
    if key is not None:
        if key not in {attempt_key(payment_id, number) for number in range(1, MAX_ATTEMPTS + 1)}:
            raise ValueError(payment.order_id)
        return key
    if attempt in ATTEMPTS:
        return attempt_key(payment_id, int(attempt))
    return derived("charge-at", PROVIDER, payment.id)


def _note(notes: Any, name: str) -> str:
    note = notes.get(name, "") if isinstance(notes, dict) else ""
    return note if isinstance(note, str) else ""


def _unreadable(body: bytes) -> Delivery:
    digest = sha256(body).hexdigest()
    return Delivery(provider=PROVIDER, identity=digest, kind="unreadable", news=OtherNews(understood=False))
