"""What providers deliver becomes commands: one for each event, however often it comes, and a row for each refusal."""

from typing import ClassVar, assert_never
from uuid import UUID

from application.access import require_the_shop
from application.payments import RecordCharge, RecordRefund
from application.ports.commands import Command, Result
from application.ports.deliveries import ChargeNews, Delivery, OtherNews, RefundNews
from application.ports.gateway import Charge
from application.ports.work import Work
from domain.shared.identifiers import PaymentId, RefundId, derived
from domain.shared.refusal import Refusal


class SignatureInvalid(Refusal):
    """Whoever sent it does not know the secret."""

    code = "signature-invalid"


class SignatureStale(Refusal):
    """It was signed too long ago, or in the future; the provider signs anew what it delivers again."""

    code = "signature-stale"


class DeliveryNotUnderstood(Refusal):
    """It comes from the provider, but speaks of nothing that this shop could have asked for."""

    code = "delivery-not-understood"


class Noted(Result, frozen=True, kw_only=True):
    kind: str


class NoteDelivery(Command, frozen=True, kw_only=True):
    """Leaves a row of a delivery that changes nothing."""

    name: ClassVar[str] = "payments.note-delivery"
    kind: str
    understood: bool


class RefuseDelivery(Command, frozen=True, kw_only=True):
    """Leaves a row of what was not believed."""

    name: ClassVar[str] = "payments.refuse-delivery"
    provider: str
    stale: bool


def note_delivery(command: NoteDelivery, work: Work) -> Noted:
    """Raises DeliveryNotUnderstood."""
    require_the_shop(work)
    if not command.understood:
        raise DeliveryNotUnderstood("The provider speaks of nothing that this shop asked for.")
    return Noted(kind=command.kind)


def refuse_delivery(command: RefuseDelivery, work: Work) -> Noted:
    """Always raises: SignatureStale or SignatureInvalid."""
    require_the_shop(work)
    if command.stale:
        raise SignatureStale("It was signed too long ago, or in the future.")
    raise SignatureInvalid("The signature is not by a secret of this shop.")


def delivery_id(delivery: Delivery) -> UUID:
    """Of the command that an event leads to: the same, however often the event is delivered."""
    return derived("webhook", delivery.provider, delivery.identity)


def command_of(delivery: Delivery) -> Command:
    """What the shop does about it."""
    match delivery.news:
        case ChargeNews(payment_id=payment_id, charge=charge):
            return reported(payment_id, charge)
        case RefundNews(payment_id=payment_id, receipt=receipt):
            return RecordRefund(
                payment_id=payment_id,
                refund_id=RefundId(receipt.key),
                amount=receipt.amount,
                transaction_id=receipt.transaction_id,
            )
        case OtherNews(understood=understood):
            return NoteDelivery(kind=delivery.kind, understood=understood)
        case _:
            assert_never(delivery.news)


def reported(payment_id: PaymentId, charge: Charge) -> RecordCharge:
    """The command that records what the provider said of a charge."""
    return RecordCharge(
        payment_id=payment_id,
        key=charge.key,
        status=charge.status,
        amount=charge.amount,
        transaction_id=charge.transaction_id,
        reason=charge.reason,
    )
