"""Money that nobody was owed, and money that is given back: nothing lost, nothing twice."""

from collections.abc import Callable
from uuid import UUID

import pytest

from domain.payments.events import PaymentEvent, RefundRequested, RefundSucceeded, SurplusReceived
from domain.payments.ledger import ChargeContradicted, NothingToRefund, RefundExceedsPayment, UnknownRefund
from domain.payments.payment import THE_DESK, Payment
from domain.payments.status import Status
from domain.shared.identifiers import RefundId, derived
from domain.shared.money import MAX_MINOR, CurrencyMismatch, Money, NotAnAmount, UnknownCurrency
from domain.shared.refusal import AlreadyExists, Refusal
from tests.support.given import given
from tests.support.payments import (
    AMOUNT,
    BY_ADMIN,
    FIRST,
    LATER,
    OTHER_REFUND,
    PAYMENT,
    REFUND,
    SECOND,
    UNKNOWN_KEY,
    a_paid_payment,
    a_payment,
    an_open_payment,
    cancelled,
    charged,
    refunded,
    refunding,
)

Decision = Callable[[Payment], tuple[PaymentEvent, ...]]
TEN = Money(1_000, "INR")


def requested(amount: Money, *, refund_id: RefundId = REFUND) -> RefundRequested:
    return RefundRequested(
        payment_id=PAYMENT, refund_id=refund_id, charge=FIRST, amount=amount, reason="Torn.", by=BY_ADMIN, at=LATER
    )


def ask(amount: Money | None, *, refund_id: RefundId = OTHER_REFUND, ceiling: Money | None = None) -> Decision:
    return lambda payment: payment.request_refund(
        refund_id=refund_id, amount=amount, ceiling=ceiling, reason="Torn.", by=BY_ADMIN, at=LATER
    )


@pytest.mark.parametrize(
    ("build", "key", "amount", "reason"),
    [
        (a_paid_payment, SECOND, AMOUNT, "The order was paid already."),
        (lambda: cancelled(an_open_payment()), FIRST, AMOUNT, "The order was over."),
        (an_open_payment, UNKNOWN_KEY, AMOUNT, "Nothing was asked for under this key."),
        (an_open_payment, FIRST, Money(103_249, "INR"), "1032.50 INR was asked for."),
        (an_open_payment, FIRST, Money(103_250, "GBP"), "1032.50 INR was asked for."),
    ],
)
def test_money_that_is_not_owed_is_received_and_goes_back(
    build: Callable[[], Payment], key: UUID, amount: Money, reason: str
) -> None:
    given(build()).when(lambda p: p.succeed(key=key, amount=amount, transaction_id="tx", at=LATER)).then(
        SurplusReceived(payment_id=PAYMENT, key=key, transaction_id="tx", amount=amount, at=LATER),
        RefundRequested(
            payment_id=PAYMENT,
            refund_id=RefundId(derived("refund-of-surplus", PAYMENT, key)),
            charge=key,
            amount=amount,
            reason=reason,
            by=THE_DESK,
            at=LATER,
        ),
    )


@pytest.mark.parametrize("build", [a_paid_payment, lambda: charged(cancelled(an_open_payment()), FIRST)])
def test_the_same_report_again_is_no_news(build: Callable[[], Payment]) -> None:
    payment = build()
    known = payment.ledger.receipts[FIRST].transaction_id
    given(payment).when(lambda p: p.succeed(key=FIRST, amount=AMOUNT, transaction_id=known, at=LATER)).then()
    given(payment).when(lambda p: p.succeed(key=FIRST, amount=AMOUNT, transaction_id="tx-2", at=LATER)).refused(
        ChargeContradicted
    )
    given(payment).when(lambda p: p.succeed(key=FIRST, amount=TEN, transaction_id=known, at=LATER)).refused(
        ChargeContradicted
    )


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        (Money(0, "INR"), NotAnAmount),
        (Money(-1, "INR"), NotAnAmount),
        (Money(MAX_MINOR + 1, "INR"), NotAnAmount),
        (Money(1, "Å"), UnknownCurrency),
    ],
)
def test_what_is_no_amount_of_money_did_not_come(amount: Money, refusal: type[Refusal]) -> None:
    given(an_open_payment()).when(lambda p: p.succeed(key=FIRST, amount=amount, transaction_id="tx", at=LATER)).refused(
        refusal
    )


def test_a_refund_is_of_what_is_asked_or_of_all_that_is_left() -> None:
    given(a_paid_payment()).when(ask(TEN, refund_id=REFUND)).then(requested(TEN))
    given(a_paid_payment()).when(ask(None, refund_id=REFUND)).then(requested(AMOUNT))
    given(refunding(a_paid_payment(), TEN)).when(ask(None)).then(requested(AMOUNT - TEN, refund_id=OTHER_REFUND))


def test_what_is_on_its_way_back_is_not_left() -> None:
    rest = AMOUNT - TEN
    for payment in (refunding(a_paid_payment(), TEN), refunded(refunding(a_paid_payment(), TEN))):
        given(payment).when(ask(rest)).then(requested(rest, refund_id=OTHER_REFUND))
        given(payment).when(ask(Money(rest.minor + 1, "INR"))).refused(RefundExceedsPayment)
    given(refunding(a_paid_payment(), None)).when(ask(TEN)).refused(NothingToRefund)


def test_a_ceiling_bounds_a_refund() -> None:
    given(a_paid_payment()).when(ask(None, ceiling=TEN)).then(requested(TEN, refund_id=OTHER_REFUND))
    given(a_paid_payment()).when(ask(Money(1_001, "INR"), ceiling=TEN)).refused(RefundExceedsPayment)
    given(a_paid_payment()).when(ask(None, ceiling=Money(0, "INR"))).refused(NothingToRefund)


@pytest.mark.parametrize("build", [a_payment, an_open_payment, lambda: charged(cancelled(an_open_payment()), FIRST)])
def test_what_was_not_paid_is_not_refunded_by_anybody(build: Callable[[], Payment]) -> None:
    given(build()).when(ask(None)).refused(NothingToRefund)


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [(Money(0, "INR"), NotAnAmount), (Money(-1, "INR"), NotAnAmount), (Money(1, "GBP"), CurrencyMismatch)],
)
def test_a_refund_is_an_amount_in_the_payments_currency(amount: Money, refusal: type[Refusal]) -> None:
    given(a_paid_payment()).when(ask(amount)).refused(refusal)


def test_a_refund_has_an_id_of_its_own() -> None:
    given(refunding(a_paid_payment(), TEN)).when(ask(TEN, refund_id=REFUND)).refused(AlreadyExists)


def test_a_refund_succeeds_once() -> None:
    succeeded = RefundSucceeded(payment_id=PAYMENT, refund_id=REFUND, amount=TEN, transaction_id="back", at=LATER)
    payment = refunding(a_paid_payment(), TEN)

    def report(p: Payment, amount: Money = TEN, refund_id: RefundId = REFUND) -> tuple[PaymentEvent, ...]:
        return p.refund_succeeded(refund_id=refund_id, amount=amount, transaction_id="back", at=LATER)

    given(payment).when(report).then(succeeded)
    given(refunded(payment)).when(report).then()
    given(payment).when(lambda p: report(p, Money(999, "INR"))).refused(UnknownRefund)
    given(payment).when(lambda p: report(p, refund_id=OTHER_REFUND)).refused(UnknownRefund)


def test_the_status_counts_what_has_gone_back() -> None:
    payment = refunding(a_paid_payment(), TEN)
    assert payment.status is Status.SUCCEEDED
    payment = refunded(payment)
    assert payment.status is Status.PARTIALLY_REFUNDED
    payment = refunded(refunding(payment, None, OTHER_REFUND), OTHER_REFUND)
    assert payment.status is Status.REFUNDED


def test_cancelling_a_paid_order_gives_back_what_is_left() -> None:
    rest = RefundId(derived("refund-of-cancelled", PAYMENT))
    given(refunding(a_paid_payment(), TEN)).when(lambda p: p.cancel(reason="Torn.", by=BY_ADMIN, at=LATER)).then(
        requested(AMOUNT - TEN, refund_id=rest)
    )
    given(refunding(a_paid_payment(), None)).when(lambda p: p.cancel(reason="Torn.", by=BY_ADMIN, at=LATER)).then()


def test_each_surplus_goes_back_by_its_own_charge() -> None:
    payment = charged(charged(a_paid_payment(), SECOND), UNKNOWN_KEY, Money(5, "GBP"))
    assert {refund.charge: refund.amount for refund in payment.ledger.refunds.values()} == {
        SECOND: AMOUNT,
        UNKNOWN_KEY: Money(5, "GBP"),
    }
    assert payment.ledger.receipts[FIRST].left == AMOUNT
