"""Commands on payments. Money moves only after its intent is committed."""

from typing import ClassVar, assert_never
from uuid import UUID

from application.access import acting_account, require_the_shop
from application.ports.commands import Command, Result, Touched, touching
from application.ports.gateway import ChargeStatus
from application.ports.work import Work
from domain.accounts.events import Role
from domain.ordering.events import ConfirmationGround
from domain.ordering.order import ORDERS, Order
from domain.payments.events import Method, PaymentEvent
from domain.payments.payment import PAYMENTS, Payment
from domain.shared.identifiers import AccountId, OrderId, PaymentId, RefundId, payment_of
from domain.shared.money import Money
from domain.shared.refusal import NotFound

MAX_REASON = 500
"""Characters kept of what a provider says."""


class AttemptKept(Result, frozen=True, kw_only=True):
    """The committed intent. `key` is None for cash on delivery, where nobody is charged now."""

    payment_id: PaymentId
    order_id: OrderId
    attempt: int
    key: UUID | None
    amount: Money
    reference: str | None
    payment_status: str
    order_status: str


class ChargeKept(Result, frozen=True, kw_only=True):
    """What the outcome of a charge has made of payment and order."""

    payment_id: PaymentId
    order_id: OrderId
    attempt: int
    payment_status: str
    order_status: str
    declined: bool
    reason: str | None


class RefundKept(Result, frozen=True, kw_only=True):
    payment_id: PaymentId
    refund_id: RefundId
    amount: Money
    status: str
    reason: str


class StartPayment(Command, frozen=True, kw_only=True):
    """Commits the intent to charge the order's whole amount (or that it is paid at the door)."""

    name: ClassVar[str] = "payments.start-payment"
    order_id: OrderId
    method: Method
    reference: str | None = None
    resumes: bool = False  # gives the attempt that is open, where there is one, instead of refusing another

    def streams(self) -> Touched:
        return (*touching(ORDERS, self.order_id), *touching(PAYMENTS, payment_of(self.order_id)))


class RetryPayment(Command, frozen=True, kw_only=True):
    """Another attempt after a decline, with the method of the last one unless another is named."""

    name: ClassVar[str] = "payments.retry-payment"
    payment_id: PaymentId
    method: Method | None = None
    reference: str | None = None

    def streams(self) -> Touched:
        return touching(PAYMENTS, self.payment_id)


class RecordCharge(Command, frozen=True, kw_only=True):
    """What the provider says of a key. Never refused for what it says: money that came is written down."""

    name: ClassVar[str] = "payments.record-charge"
    payment_id: PaymentId
    key: UUID
    status: ChargeStatus
    amount: Money
    transaction_id: str
    reason: str | None = None

    def streams(self) -> Touched:
        return touching(PAYMENTS, self.payment_id)


class RequestRefund(Command, frozen=True, kw_only=True):
    """None as amount is all that is left of it."""

    name: ClassVar[str] = "payments.request-refund"
    payment_id: PaymentId
    refund_id: RefundId
    amount: Money | None = None
    reason: str

    def streams(self) -> Touched:
        return touching(PAYMENTS, self.payment_id)


class RecordRefund(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "payments.record-refund"
    payment_id: PaymentId
    refund_id: RefundId
    amount: Money
    transaction_id: str

    def streams(self) -> Touched:
        return touching(PAYMENTS, self.payment_id)


def start_payment(command: StartPayment, work: Work) -> AttemptKept:
    buyer = acting_account(work, Role.BUYER)
    order = work.find(ORDERS, command.order_id)
    if order is None or order.placed.buyer_id != buyer.id:
        raise NotFound("There is no such order.")
    order.require_payable(work.now)
    payment = work.get(PAYMENTS, order.placed.payment_id)
    if command.resumes and payment.attempts.open is not None and command.method is not Method.COD:
        return _attempt_kept(work, payment, command.reference)
    return _begin(work, order, payment, command.method, command.reference)


def retry_payment(command: RetryPayment, work: Work) -> AttemptKept:
    buyer = acting_account(work, Role.BUYER)
    payment = work.find(PAYMENTS, command.payment_id)
    if payment is None or payment.buyer_id != buyer.id:
        raise NotFound("There is no such payment.")
    order = work.get(ORDERS, payment.order_id)
    order.require_payable(work.now)
    last = payment.attempts.require_last()
    return _begin(work, order, payment, command.method or last.method, command.reference)


def record_charge(command: RecordCharge, work: Work) -> ChargeKept:
    """For the shop itself. The success that pays lets the order go ahead in the same append."""
    require_the_shop(work)
    payment = work.get(PAYMENTS, command.payment_id)
    work.record(PAYMENTS, payment.id, _outcome(command, payment, work))
    after = work.get(PAYMENTS, payment.id)
    order = work.get(ORDERS, payment.order_id)
    if after.paid_by == command.key:
        work.record(ORDERS, payment.order_id, order.paid(at=work.now))
    attempt = after.attempts.find(command.key)
    return ChargeKept(
        payment_id=payment.id,
        order_id=payment.order_id,
        attempt=attempt.number if attempt else 0,
        payment_status=after.status,
        order_status=work.get(ORDERS, payment.order_id).status,
        declined=attempt is None or attempt.has_failed,
        reason=attempt.reason if attempt else None,
    )


def request_refund(command: RequestRefund, work: Work) -> RefundKept:
    """For admins; and for a seller, up to what the buyer pays for the seller's own lines."""
    account = acting_account(work, Role.SELLER, Role.ADMIN)
    payment = work.find(PAYMENTS, command.payment_id)
    if payment is None:
        raise NotFound("There is no such payment.")
    requested = payment.request_refund(
        refund_id=command.refund_id,
        amount=command.amount,
        ceiling=None if account.role is Role.ADMIN else _own_share(work, payment, account.id),
        reason=command.reason,
        by=work.actor,
        at=work.now,
    )
    work.record(PAYMENTS, payment.id, requested)
    return _refund_kept(work, payment.id, command.refund_id)


def record_refund(command: RecordRefund, work: Work) -> RefundKept:
    """For the shop itself."""
    require_the_shop(work)
    payment = work.get(PAYMENTS, command.payment_id)
    succeeded = payment.refund_succeeded(
        refund_id=command.refund_id, amount=command.amount, transaction_id=command.transaction_id, at=work.now
    )
    work.record(PAYMENTS, payment.id, succeeded)
    return _refund_kept(work, payment.id, command.refund_id)


def _begin(work: Work, order: Order, payment: Payment, method: Method, reference: str | None) -> AttemptKept:
    if method is Method.COD:
        work.record(PAYMENTS, payment.id, payment.pay_at_the_door(at=work.now))
        confirmed = order.confirm(ground=ConfirmationGround.CASH_ON_DELIVERY, at=work.now)
        work.record(ORDERS, payment.order_id, confirmed)
    else:
        work.record(PAYMENTS, payment.id, payment.start_attempt(method=method, reference=reference, at=work.now))
    return _attempt_kept(work, payment, reference)


def _attempt_kept(work: Work, payment: Payment, reference: str | None) -> AttemptKept:
    after = work.get(PAYMENTS, payment.id)
    attempt = after.attempts.open
    return AttemptKept(
        payment_id=payment.id,
        order_id=payment.order_id,
        attempt=len(after.attempts.made),
        key=attempt.key if attempt else None,
        amount=payment.amount,
        reference=reference,
        payment_status=after.status,
        order_status=work.get(ORDERS, payment.order_id).status,
    )


def _outcome(command: RecordCharge, payment: Payment, work: Work) -> tuple[PaymentEvent, ...]:
    match command.status:
        case ChargeStatus.SUCCEEDED:
            return payment.succeed(
                key=command.key, amount=command.amount, transaction_id=command.transaction_id, at=work.now
            )
        case ChargeStatus.DECLINED:
            reason = (command.reason or "Declined by the provider.")[:MAX_REASON]
            return payment.decline(key=command.key, reason=reason, at=work.now)
        case ChargeStatus.VOIDED:
            return payment.void(key=command.key, at=work.now)
        case _:
            assert_never(command.status)


def _own_share(work: Work, payment: Payment, seller: AccountId) -> Money:
    """What the buyer pays for a seller's live lines, less what that seller has asked to go back; NotFound without."""
    order = work.get(ORDERS, payment.order_id)
    if seller not in order.progress.parts:
        raise NotFound("There is no such payment.")
    share = order.share_of(seller)
    return share - payment.ledger.asked_by(work.actor, charge=payment.paid_by) if payment.paid_by else share


def _refund_kept(work: Work, payment_id: PaymentId, refund_id: RefundId) -> RefundKept:
    refund = work.get(PAYMENTS, payment_id).ledger.refunds[refund_id]
    return RefundKept(
        payment_id=payment_id,
        refund_id=refund_id,
        amount=refund.amount,
        status="succeeded" if refund.succeeded else "requested",
        reason=refund.reason,
    )
