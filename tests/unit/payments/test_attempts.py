"""Trying to pay: one open attempt at a time, four in all, and what their outcomes make of the payment."""

from collections.abc import Callable

import pytest

from domain.payments.attempt import AttemptsExhausted, PaymentInFlight, UnknownAttempt
from domain.payments.events import (
    CashOnDeliveryChosen,
    Method,
    PaymentAttempted,
    PaymentAttemptVoided,
    PaymentCancelled,
    PaymentDeclined,
    PaymentSucceeded,
)
from domain.payments.payment import PAYMENTS, Payment, PaymentSettled, request
from domain.payments.status import Status
from domain.shared.money import Money, NotAnAmount
from tests.support.accounts import BUYER
from tests.support.given import after, given
from tests.support.payments import (
    AMOUNT,
    BY_ADMIN,
    FIRST,
    KEYS,
    LATER,
    PAYMENT,
    SECOND,
    UNKNOWN_KEY,
    a_declined_payment,
    a_paid_payment,
    a_payment,
    an_open_payment,
    attempted,
    cancelled,
    charged,
    declined,
)
from tests.support.shopping import ORDER
from tests.support.times import NOON

SUCCEEDED = PaymentSucceeded(payment_id=PAYMENT, key=FIRST, transaction_id="tx", amount=AMOUNT, at=LATER)


def voided(payment: Payment) -> Payment:
    return after(PAYMENTS, payment.void(key=FIRST, at=NOON), payment)


def paid_at_the_door() -> Payment:
    return after(PAYMENTS, a_payment().pay_at_the_door(at=NOON), a_payment())


def test_nobody_is_asked_for_nothing() -> None:
    with pytest.raises(NotAnAmount):
        request(order_id=ORDER, buyer_id=BUYER, amount=Money(0, "INR"), at=NOON)


def test_an_attempt_is_for_the_whole_amount_under_a_key_of_its_own() -> None:
    attempt = PaymentAttempted(
        payment_id=PAYMENT, attempt=1, key=FIRST, method=Method.CARD, reference="txn_1", amount=AMOUNT, at=NOON
    )
    given(a_payment()).when(lambda p: p.start_attempt(method=Method.CARD, reference="txn_1", at=NOON)).then(attempt)
    assert len(set(KEYS)) == len(KEYS)


def test_only_one_attempt_is_open_at_a_time() -> None:
    payment = an_open_payment()
    given(payment).when(lambda p: p.start_attempt(method=Method.UPI, reference=None, at=NOON)).refused(PaymentInFlight)
    given(payment).when(lambda p: p.pay_at_the_door(at=NOON)).refused(PaymentInFlight)


def test_three_more_attempts_may_follow_a_decline() -> None:
    payment = a_payment()
    for key in KEYS:
        payment = declined(attempted(payment), key)
    given(payment).when(lambda p: p.start_attempt(method=Method.UPI, reference=None, at=NOON)).refused(
        AttemptsExhausted
    )
    assert payment.status is Status.DECLINED


@pytest.mark.parametrize("build", [a_paid_payment, paid_at_the_door, lambda: cancelled(a_payment())])
def test_a_settled_payment_is_not_attempted(build: Callable[[], Payment]) -> None:
    given(build()).when(lambda p: p.start_attempt(method=Method.UPI, reference=None, at=NOON)).refused(PaymentSettled)
    given(build()).when(lambda p: p.pay_at_the_door(at=NOON)).refused(PaymentSettled)


def test_paying_at_the_door_is_chosen() -> None:
    given(a_payment()).when(lambda p: p.pay_at_the_door(at=LATER)).then(
        CashOnDeliveryChosen(payment_id=PAYMENT, at=LATER)
    )


def test_a_success_pays() -> None:
    given(an_open_payment()).when(lambda p: p.succeed(key=FIRST, amount=AMOUNT, transaction_id="tx", at=LATER)).then(
        SUCCEEDED
    )


@pytest.mark.parametrize("build", [a_declined_payment, lambda: voided(an_open_payment())])
def test_money_that_comes_after_all_pays_when_it_is_still_awaited(build: Callable[[], Payment]) -> None:
    given(build()).when(lambda p: p.succeed(key=FIRST, amount=AMOUNT, transaction_id="tx", at=LATER)).then(SUCCEEDED)


def test_money_that_comes_after_all_pays_beside_an_open_attempt() -> None:
    payment = charged(attempted(a_declined_payment()), FIRST)
    assert payment.status is Status.SUCCEEDED
    assert payment.attempts.open is not None


def test_a_decline_says_why() -> None:
    given(an_open_payment()).when(lambda p: p.decline(key=FIRST, reason="No funds.", at=LATER)).then(
        PaymentDeclined(payment_id=PAYMENT, key=FIRST, reason="No funds.", at=LATER)
    )


def test_a_void_closes_the_attempt() -> None:
    given(an_open_payment()).when(lambda p: p.void(key=FIRST, at=LATER)).then(
        PaymentAttemptVoided(payment_id=PAYMENT, key=FIRST, at=LATER)
    )


@pytest.mark.parametrize("build", [a_declined_payment, a_paid_payment, lambda: voided(an_open_payment())])
def test_the_outcome_of_a_closed_attempt_is_no_news(build: Callable[[], Payment]) -> None:
    given(build()).when(lambda p: p.decline(key=FIRST, reason="No funds.", at=LATER)).then()
    given(build()).when(lambda p: p.void(key=FIRST, at=LATER)).then()


def test_the_failure_of_a_key_that_was_never_given_out_is_refused() -> None:
    for payment in (a_payment(), an_open_payment()):
        given(payment).when(lambda p: p.decline(key=UNKNOWN_KEY, reason="?", at=LATER)).refused(UnknownAttempt)
        given(payment).when(lambda p: p.void(key=UNKNOWN_KEY, at=LATER)).refused(UnknownAttempt)


def test_an_unpaid_payment_is_cancelled_once() -> None:
    asked = PaymentCancelled(payment_id=PAYMENT, at=LATER)
    given(an_open_payment()).when(lambda p: p.cancel(reason="Over.", by=BY_ADMIN, at=LATER)).then(asked)
    given(cancelled(a_payment())).when(lambda p: p.cancel(reason="Over.", by=BY_ADMIN, at=LATER)).then()


@pytest.mark.parametrize(
    ("build", "status"),
    [
        (a_payment, Status.REQUESTED),
        (an_open_payment, Status.PENDING),
        (paid_at_the_door, Status.PENDING),
        (a_declined_payment, Status.DECLINED),
        (lambda: voided(an_open_payment()), Status.REQUESTED),
        (a_paid_payment, Status.SUCCEEDED),
        (lambda: cancelled(an_open_payment()), Status.CANCELLED),
        (lambda: charged(an_open_payment(), FIRST, Money(1, "INR")), Status.DECLINED),
        (lambda: charged(cancelled(an_open_payment()), FIRST), Status.CANCELLED),
        (lambda: charged(a_paid_payment(), SECOND), Status.SUCCEEDED),
    ],
)
def test_the_status_says_how_it_stands(build: Callable[[], Payment], status: Status) -> None:
    assert build().status is status
