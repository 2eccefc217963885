"""The buyer is written to where money did not come, and where it goes back.

OrderPlaced, to be paid           ──▶ whom to write to, and until when it can be paid
PaymentAttempted                  ──▶ how many attempts are left
PaymentDeclined, still awaited    ──▶ at once: SendMail, payment-failed; once per attempt
RefundSucceeded, CashHandedBack   ──▶ at once: SendMail, refunded; once per refund
PaymentSucceeded, -Cancelled      ──▶ no failure matters any more: what was not sent yet is not
OrderDeleted                      ──▶ nothing while it is deleted
OrderRestored                     ──▶ what was held back meanwhile
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from application.effects.mail import SendMail
from application.processes.process import Decision, Due, ProcessManager, Withdraw
from domain.ordering.events import OrderDeleted, OrderPlaced, OrderRestored
from domain.ordering.number import order_number
from domain.payments.attempt import MAX_ATTEMPTS
from domain.payments.events import (
    CashHandedBack,
    PaymentAttempted,
    PaymentCancelled,
    PaymentDeclined,
    PaymentSucceeded,
    RefundSucceeded,
)
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, OrderId, payment_of
from domain.shared.money import Money

FAILED, REFUNDED = "payment-failed", "refunded"


class Letter(msgspec.Struct, frozen=True):
    step: str
    mail: SendMail


class PaymentCorrespondence(msgspec.Struct, frozen=True, kw_only=True):
    """What was written of an order's money. It is kept with the order: money may go back years later."""

    order_id: OrderId
    buyer_id: AccountId
    pay_before: datetime
    attempts: int = 0
    awaited: bool = True
    """Whether money is still to come."""
    told: tuple[UUID, ...] = ()
    """Keys of attempts and refunds that were written of, or are held back."""
    deleted: bool = False
    held_back: tuple[Letter, ...] = ()


def instance(event: Event) -> UUID | None:
    match event:
        case OrderPlaced() | OrderDeleted() | OrderRestored():
            return payment_of(event.order_id)
        case (
            PaymentAttempted()
            | PaymentDeclined()
            | PaymentSucceeded()
            | PaymentCancelled()
            | RefundSucceeded()
            | CashHandedBack()
        ):
            return event.payment_id
        case _:
            return None


def react(money: PaymentCorrespondence | None, event: Event) -> tuple[PaymentCorrespondence | None, Sequence[Decision]]:
    if money is None:
        return _begun(event), ()
    match event:
        case PaymentAttempted(attempt=attempt):
            return replace(money, attempts=max(attempt, money.attempts)), ()
        case PaymentDeclined(key=key) if money.awaited:
            return _told(money, key, _failed(money, event))
        case RefundSucceeded(refund_id=refund_id, amount=amount):
            return _told(money, refund_id, _refunded(money, refund_id, amount, way="as it was paid"))
        case CashHandedBack(refund_id=refund_id, amount=amount):
            return _told(money, refund_id, _refunded(money, refund_id, amount, way="in cash"))
        case PaymentSucceeded() | PaymentCancelled():
            return _over(money), tuple(Withdraw(f"{FAILED}:{key}") for key in money.told)
        case OrderDeleted():
            return replace(money, deleted=True), ()
        case OrderRestored():
            due = tuple(Due(letter.step, letter.mail) for letter in money.held_back)
            return replace(money, deleted=False, held_back=()), due
        case _:
            return money, ()


def _begun(event: Event) -> PaymentCorrespondence | None:
    if not isinstance(event, OrderPlaced) or event.pay_before is None:
        return None
    return PaymentCorrespondence(order_id=event.order_id, buyer_id=event.buyer_id, pay_before=event.pay_before)


def _over(money: PaymentCorrespondence) -> PaymentCorrespondence:
    still = tuple(letter for letter in money.held_back if letter.mail.template != FAILED)
    return replace(money, awaited=False, held_back=still)


def _told(money: PaymentCorrespondence, key: UUID, letter: Letter) -> tuple[PaymentCorrespondence, Sequence[Decision]]:
    if key in money.told:
        return money, ()
    told = replace(money, told=(*money.told, key))
    if money.deleted:
        return replace(told, held_back=(*told.held_back, letter)), ()
    return told, (Due(letter.step, letter.mail),)


def _failed(money: PaymentCorrespondence, event: PaymentDeclined) -> Letter:
    return _letter(
        FAILED,
        money,
        event.key,
        reason=event.reason,
        left=str(MAX_ATTEMPTS - money.attempts),
        pay_before=f"{money.pay_before.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        attempt=str(money.attempts),
    )


def _refunded(money: PaymentCorrespondence, refund_id: UUID, amount: Money, *, way: str) -> Letter:
    said = f"{amount.major()} {amount.currency}"
    return _letter(REFUNDED, money, refund_id, amount=said, way=way, refund_id=str(refund_id))


def _letter(template: str, money: PaymentCorrespondence, key: UUID, **references: str) -> Letter:
    about = {"order_id": str(money.order_id), "order_number": order_number(money.order_id), **references}
    return Letter(f"{template}:{key}", SendMail(template=template, account_id=money.buyer_id, references=about))


PAYMENT_MAILS: ProcessManager[PaymentCorrespondence] = ProcessManager(
    name="payment-mails",
    version=1,
    events=(
        OrderPlaced,
        OrderDeleted,
        OrderRestored,
        PaymentAttempted,
        PaymentDeclined,
        PaymentSucceeded,
        PaymentCancelled,
        RefundSucceeded,
        CashHandedBack,
    ),
    state=PaymentCorrespondence,
    instance=instance,
    react=react,
)
