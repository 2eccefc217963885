"""Paying: the intent first, then what the provider says, in one append with the order."""

from datetime import timedelta
from uuid import UUID

import pytest

from application.payments import (
    AttemptKept,
    ChargeKept,
    RecordCharge,
    RecordRefund,
    RetryPayment,
    record_charge,
    record_refund,
    retry_payment,
)
from application.ports.gateway import Charge, ChargeStatus
from domain.ordering.order import OrderNotPayable, PaymentWindowClosed
from domain.ordering.progress import Status
from domain.payments.attempt import NothingToRetry, PaymentInFlight, UnknownAttempt
from domain.payments.events import Method, PaymentDeclined
from domain.shared.identifiers import payment_of
from domain.shared.money import Money
from domain.shared.refusal import Forbidden, NotFound
from tests.support.accounts import ADMIN, BUYER, SELLER, STRANGER
from tests.support.buying import Buying
from tests.support.payments import FIRST, REFUND, SECOND, UNKNOWN_KEY
from tests.support.shopping import ORDER, OTHER_ORDER

PAYMENT = payment_of(ORDER)
TOTAL = Money(206_500, "INR")


@pytest.fixture
def shop() -> Buying:
    shop = Buying()
    shop.stocks(10)
    shop.carts(2)
    shop.checks_out()
    return shop


def report(status: ChargeStatus, *, key: UUID = FIRST, amount: Money = TOTAL, reason: str | None = None) -> Charge:
    return Charge(key=key, status=status, amount=amount, transaction_id="tx", reason=reason)


def test_the_intent_names_the_key_and_the_amount(shop: Buying) -> None:
    assert shop.intends_to_pay(reference="txn_1") == AttemptKept(
        payment_id=PAYMENT,
        order_id=ORDER,
        attempt=1,
        key=FIRST,
        amount=TOTAL,
        reference="txn_1",
        payment_status="pending",
        order_status="pending_payment",
    )


def test_a_success_lets_the_order_go_ahead(shop: Buying) -> None:
    shop.intends_to_pay()
    assert shop.hears_of(PAYMENT, report(ChargeStatus.SUCCEEDED)) == ChargeKept(
        payment_id=PAYMENT,
        order_id=ORDER,
        attempt=1,
        payment_status="succeeded",
        order_status="processing",
        declined=False,
        reason=None,
    )
    assert shop.order().status is Status.PROCESSING


def test_the_same_report_again_changes_nothing(shop: Buying) -> None:
    first = shop.pays()
    before = shop.history()
    assert shop.hears_of(PAYMENT, shop.gateway.charges[FIRST]) == first
    assert shop.history() == before


def test_a_decline_leaves_the_order_waiting(shop: Buying) -> None:
    kept = shop.pays(reference="txn_decline_1")
    assert kept is not None
    assert (kept.declined, kept.payment_status, kept.order_status) == (True, "declined", "pending_payment")
    assert kept.reason == "The simulated bank declined."


def test_what_a_provider_says_is_cut_short(shop: Buying) -> None:
    shop.intends_to_pay()
    shop.hears_of(PAYMENT, report(ChargeStatus.DECLINED, reason="x" * 10_000))
    declined = shop.log.events(PAYMENT)[-1]
    assert isinstance(declined, PaymentDeclined)
    assert len(declined.reason) == 500


def test_paying_at_the_door_lets_the_order_wait_for_the_warehouse(shop: Buying) -> None:
    kept = shop.intends_to_pay(method=Method.COD)
    assert (kept.key, kept.payment_status, kept.order_status) == (None, "pending", "pending")


def test_a_wrong_amount_goes_back_and_the_order_waits_on(shop: Buying) -> None:
    shop.intends_to_pay()
    kept = shop.hears_of(PAYMENT, report(ChargeStatus.SUCCEEDED, amount=Money(1, "INR")))
    assert (kept.declined, kept.payment_status, kept.order_status) == (True, "declined", "pending_payment")
    assert kept.reason
    assert shop.pays() is not None
    assert shop.order().status is Status.PROCESSING


def test_money_under_an_unknown_key_is_kept_and_goes_back(shop: Buying) -> None:
    shop.intends_to_pay()
    kept = shop.hears_of(PAYMENT, report(ChargeStatus.SUCCEEDED, key=UNKNOWN_KEY))
    assert (kept.attempt, kept.declined, kept.payment_status) == (0, True, "pending")
    assert shop.payment().ledger.receipts[UNKNOWN_KEY].left.is_zero


def test_no_money_under_an_unknown_key_is_refused(shop: Buying) -> None:
    for status in (ChargeStatus.DECLINED, ChargeStatus.VOIDED):
        with pytest.raises(UnknownAttempt):
            shop.hears_of(PAYMENT, report(status, key=UNKNOWN_KEY))


def test_a_report_on_an_unknown_payment_is_refused(shop: Buying) -> None:
    with pytest.raises(NotFound):
        shop.hears_of(payment_of(OTHER_ORDER), report(ChargeStatus.SUCCEEDED))


def test_a_decline_is_retried_by_the_same_method_unless_told(shop: Buying) -> None:
    shop.pays(reference="txn_decline_1")
    kept = shop.ask(lambda work: retry_payment(RetryPayment(payment_id=PAYMENT), work), by=BUYER)
    assert (kept.attempt, kept.key) == (2, SECOND)
    assert shop.payment().attempts.made[1].method is Method.UPI
    shop.hears_of(PAYMENT, report(ChargeStatus.DECLINED, key=SECOND))
    at_the_door = RetryPayment(payment_id=PAYMENT, method=Method.COD)
    assert shop.ask(lambda work: retry_payment(at_the_door, work), by=BUYER).order_status == "pending"


def test_a_retry_follows_a_failed_attempt(shop: Buying) -> None:
    retry = RetryPayment(payment_id=PAYMENT)
    with pytest.raises(NothingToRetry):
        shop.ask(lambda work: retry_payment(retry, work), by=BUYER)
    shop.intends_to_pay()
    with pytest.raises(PaymentInFlight):
        shop.ask(lambda work: retry_payment(retry, work), by=BUYER)
    with pytest.raises(NotFound):
        shop.ask(lambda work: retry_payment(retry, work), by=STRANGER)


def test_nobody_pays_anothers_order_or_one_that_is_not_there(shop: Buying) -> None:
    for order_id, by in ((ORDER, STRANGER), (OTHER_ORDER, BUYER)):
        with pytest.raises(NotFound, match="There is no such order"):
            shop.intends_to_pay(order_id, by=by)


def test_an_order_is_paid_once(shop: Buying) -> None:
    shop.pays()
    with pytest.raises(OrderNotPayable):
        shop.intends_to_pay()


def test_no_attempt_begins_once_the_window_has_closed(shop: Buying) -> None:
    shop.pays(reference="txn_decline_1")
    shop.log.now += timedelta(minutes=30)
    with pytest.raises(PaymentWindowClosed):
        shop.intends_to_pay()
    with pytest.raises(PaymentWindowClosed):
        shop.ask(lambda work: retry_payment(RetryPayment(payment_id=PAYMENT), work), by=BUYER)


def test_only_the_shop_itself_reports_what_the_provider_says(shop: Buying) -> None:
    shop.intends_to_pay()
    charge = RecordCharge(
        payment_id=PAYMENT, key=FIRST, status=ChargeStatus.SUCCEEDED, amount=TOTAL, transaction_id="tx"
    )
    back = RecordRefund(payment_id=PAYMENT, refund_id=REFUND, amount=TOTAL, transaction_id="back")
    for account in (BUYER, SELLER, ADMIN):
        with pytest.raises(Forbidden):
            shop.ask(lambda work: record_charge(charge, work), by=account)
        with pytest.raises(Forbidden):
            shop.ask(lambda work: record_refund(back, work), by=account)
