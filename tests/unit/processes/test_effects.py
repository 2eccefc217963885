"""What happens later, told as stories: lost answers, late money, refunds, and orders that nobody pays."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from application.effects.effect import EffectPorts
from application.effects.expiry import AttemptStaysOpen, expire_when_settled
from application.effects.payments import SendRefund, SettleAttempt, VoidAttempt
from application.ordering.cancelling import ExpireOrder, ExpiryKept, OpenAttempt
from application.ports.commands import Command, Outcome
from application.ports.gateway import Charge, ChargeStatus
from domain.inventory.stock import STOCKS
from domain.ordering.progress import Status
from domain.payments.status import Status as PaymentStatus
from domain.shared.identifiers import payment_of, stock_of
from domain.shared.money import Money
from domain.shopping.cart import CARTS
from tests.support.buying import Buying, Crash
from tests.support.catalogue import SHAMPOO
from tests.support.fake_gateway import FakeGateway
from tests.support.fake_mail import an_outside
from tests.support.payments import AMOUNT, FIRST
from tests.support.shopping import CART, ORDER
from tests.support.story import drive
from tests.support.times import NOON

GRACE, WINDOW = timedelta(seconds=30), timedelta(minutes=30)
PAYMENT = payment_of(ORDER)


@pytest.fixture
def shop() -> Buying:
    shop = Buying()
    shop.stocks(10)
    shop.carts(2)
    shop.checks_out()
    return shop


def passes(shop: Buying, time: timedelta) -> None:
    shop.log.now += time
    shop.run_due()


def test_an_order_that_nobody_pays_expires_on_the_dot(shop: Buying) -> None:
    passes(shop, WINDOW - timedelta(seconds=1))
    assert shop.order().status is Status.PENDING_PAYMENT
    passes(shop, timedelta(seconds=1))
    assert shop.order().status is Status.CANCELLED
    assert shop.log.state(STOCKS, stock_of(SHAMPOO)).reserved == 0
    assert shop.log.state(CARTS, CART).items[SHAMPOO].quantity == 2


def test_a_paid_order_does_not_expire(shop: Buying) -> None:
    shop.pays()
    shop.settle()
    assert shop.order().status is Status.PROCESSING
    assert shop.row(ExpireOrder).status == "withdrawn"


def test_a_lost_answer_is_asked_for(shop: Buying) -> None:
    assert shop.pays(reference="txn_timeout_1") is None
    passes(shop, GRACE)
    assert shop.order().status is Status.PROCESSING


@pytest.mark.parametrize("crash", [Crash.BEFORE_THE_CHARGE, Crash.BEFORE_THE_RECORD])
def test_a_crash_between_intent_and_outcome_is_made_good(shop: Buying, crash: Crash) -> None:
    assert shop.pays(crash=crash) is None
    passes(shop, GRACE)
    assert shop.order().status is Status.PROCESSING
    assert len(shop.gateway.charges) == 1


def test_what_the_provider_knows_is_not_charged_again(shop: Buying) -> None:
    class OnlyAnswers(FakeGateway):
        async def charge(self, *, key: UUID, amount: Money, reference: str | None, proof: str | None = None) -> Charge:
            raise AssertionError("charged again")

    shop.pays(crash=Crash.BEFORE_THE_RECORD)
    answers = OnlyAnswers()
    answers.charges = shop.gateway.charges
    shop.gateway = answers
    passes(shop, GRACE)
    assert shop.order().status is Status.PROCESSING


def test_an_outage_is_tried_again(shop: Buying) -> None:
    shop.pays(reference="txn_error_1")
    passes(shop, GRACE)
    assert shop.order().status is Status.PENDING_PAYMENT
    assert shop.row(SettleAttempt).status == "scheduled"
    passes(shop, GRACE)
    assert shop.order().status is Status.PROCESSING


def test_an_attempt_that_never_arrived_is_voided_before_the_order_expires(shop: Buying) -> None:
    shop.intends_to_pay()
    shop.log.now += WINDOW
    shop.run_due(only=ExpireOrder)
    assert shop.gateway.charges[FIRST].status is ChargeStatus.VOIDED
    assert shop.order().status is Status.CANCELLED
    assert shop.payment().status is PaymentStatus.CANCELLED


def test_money_that_was_taken_in_time_saves_the_order_from_expiry(shop: Buying) -> None:
    shop.pays(crash=Crash.BEFORE_THE_RECORD)
    shop.log.now += WINDOW
    shop.run_due(only=ExpireOrder)
    assert shop.order().status is Status.PROCESSING


def test_a_late_success_after_expiry_goes_back(shop: Buying) -> None:
    shop.pays(reference="txn_decline_1")
    late = shop.gateway.charges.pop(FIRST)
    passes(shop, WINDOW)
    drive(shop.gateway.charge(key=FIRST, amount=late.amount, reference=None))
    shop.hears_of(PAYMENT, shop.gateway.charges[FIRST])
    shop.settle()
    assert shop.order().status is Status.CANCELLED
    assert shop.gateway.refunded(FIRST) == late.amount.minor
    assert shop.payment().ledger.receipts[FIRST].returned == late.amount


def test_cancelling_with_an_open_attempt_voids_it(shop: Buying) -> None:
    shop.intends_to_pay()
    shop.cancels()
    shop.settle()
    assert shop.gateway.charges[FIRST].status is ChargeStatus.VOIDED
    assert shop.row(SettleAttempt).status == "withdrawn"
    assert shop.payment().attempts.open is None


def test_money_that_was_faster_than_the_void_goes_back(shop: Buying) -> None:
    shop.pays(crash=Crash.BEFORE_THE_RECORD)
    shop.cancels()
    shop.settle()
    assert shop.gateway.refunded(FIRST) == 206_500
    assert shop.row(VoidAttempt).status == "done"


def test_cancelling_a_paid_order_sends_the_money_back(shop: Buying) -> None:
    shop.pays()
    shop.cancels()
    shop.run_due()
    assert shop.gateway.refunded(FIRST) == 206_500
    assert shop.payment().status is PaymentStatus.REFUNDED
    assert shop.row(SendRefund).status == "done"


def test_what_the_provider_never_does_becomes_visible(shop: Buying) -> None:
    shop.pays()
    shop.cancels()
    shop.gateway.charges.clear()
    shop.run_due()
    assert shop.row(SendRefund).status == "dead"


@pytest.mark.parametrize("kind", [SettleAttempt, VoidAttempt])
def test_a_report_that_is_refused_becomes_visible(shop: Buying, kind: type[Command]) -> None:
    shop.pays(crash=Crash.BEFORE_THE_RECORD)
    if kind is VoidAttempt:
        shop.cancels()
    charge = shop.gateway.charges[FIRST]
    shop.gateway.charges[FIRST] = type(charge)(
        key=UUID(int=0xBAD), status=ChargeStatus.DECLINED, amount=charge.amount, transaction_id="?"
    )
    passes(shop, GRACE)
    assert shop.row(kind).status == "dead"


def test_an_effect_that_ran_before_changes_nothing_when_it_runs_again(shop: Buying) -> None:
    shop.pays()
    shop.cancels()
    shop.run_due()
    before = shop.history()
    for row_id, row in list(shop.due.rows.items()):
        if row.status == "done":
            shop.due.rows[row_id] = replace(row, status="scheduled")
    assert shop.run_due()
    assert shop.history() == before


def test_an_attempt_that_stays_open_is_not_waited_for_for_ever() -> None:
    attempt = OpenAttempt(payment_id=PAYMENT, key=FIRST, amount=AMOUNT)
    answer = ExpiryKept(order_id=ORDER, expired=False, open_attempt=attempt)

    async def submit(command: Command, step: str) -> Outcome:
        return Outcome(command_id=FIRST, result=msgspec.json.encode(answer))

    ports = EffectPorts.of(an_outside(), submit=submit, now=NOON)
    with pytest.raises(AttemptStaysOpen):
        drive(expire_when_settled(ExpireOrder(order_id=ORDER), ports))
