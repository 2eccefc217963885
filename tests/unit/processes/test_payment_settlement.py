"""An attempt whose outcome was lost is settled, or voided where the order is over."""

from datetime import timedelta

import pytest

from application.effects.payments import SettleAttempt, VoidAttempt
from application.processes.payment_settlement import OpenAttempts, instance, react
from application.processes.process import Due, Withdraw
from domain.payments.events import (
    Method,
    PaymentAttempted,
    PaymentAttemptVoided,
    PaymentCancelled,
    PaymentDeclined,
    PaymentSucceeded,
    RefundSucceeded,
    SurplusReceived,
)
from domain.shared.event import Event
from tests.support.payments import AMOUNT, FIRST, PAYMENT, REFUND, SECOND
from tests.support.times import NOON

ATTEMPTED = PaymentAttempted(
    payment_id=PAYMENT, attempt=1, key=FIRST, method=Method.UPI, reference="txn_1", amount=AMOUNT, at=NOON
)
CANCELLED = PaymentCancelled(payment_id=PAYMENT, at=NOON)
OUTCOMES = (
    PaymentSucceeded(payment_id=PAYMENT, key=FIRST, transaction_id="tx", amount=AMOUNT, at=NOON),
    SurplusReceived(payment_id=PAYMENT, key=FIRST, transaction_id="tx", amount=AMOUNT, at=NOON),
    PaymentDeclined(payment_id=PAYMENT, key=FIRST, reason="No funds.", at=NOON),
    PaymentAttemptVoided(payment_id=PAYMENT, key=FIRST, at=NOON),
)
OPEN = OpenAttempts({FIRST: AMOUNT})
SETTLE = SettleAttempt(payment_id=PAYMENT, key=FIRST, amount=AMOUNT, reference="txn_1")
VOID = VoidAttempt(payment_id=PAYMENT, key=FIRST, amount=AMOUNT)


def test_an_attempt_is_settled_after_a_grace() -> None:
    due = Due(f"settle:{FIRST}", SETTLE, at=NOON + timedelta(seconds=30))
    assert react(None, ATTEMPTED) == (OPEN, (due,))
    assert react(OpenAttempts({SECOND: AMOUNT}), ATTEMPTED)[0] == OpenAttempts({SECOND: AMOUNT, FIRST: AMOUNT})


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_outcome_ends_the_wait(outcome: Event) -> None:
    assert react(OPEN, outcome) == (None, (Withdraw(f"settle:{FIRST}"), Withdraw(f"void:{FIRST}")))
    assert react(None, outcome) == (None, ())
    two = OpenAttempts({FIRST: AMOUNT, SECOND: AMOUNT})
    assert react(two, outcome)[0] == OpenAttempts({SECOND: AMOUNT})


def test_an_open_attempt_of_a_cancelled_payment_is_voided_at_once() -> None:
    state, decisions = react(OPEN, CANCELLED)
    assert state == OPEN
    assert tuple(decisions) == (Withdraw(f"settle:{FIRST}"), Due(f"void:{FIRST}", VOID))


def test_a_cancelled_payment_without_an_open_attempt_needs_nothing() -> None:
    state, decisions = react(None, CANCELLED)
    assert state is None
    assert not decisions


def test_the_story_is_the_payments() -> None:
    for event in (ATTEMPTED, CANCELLED, *OUTCOMES):
        assert instance(event) == PAYMENT
    refund = RefundSucceeded(payment_id=PAYMENT, refund_id=REFUND, amount=AMOUNT, transaction_id="tx", at=NOON)
    assert instance(refund) is None
    assert react(OPEN, refund) == (OPEN, ())
