"""Who is written to of an order's money: once per failed attempt and per refund, and not while the order is deleted."""

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from application.effects.mail import SendMail
from application.ordering.hiding import DeleteOrder, RestoreOrder, delete_order, restore_order
from application.payments import RequestRefund, request_refund
from application.processes.payment_mails import (
    FAILED,
    PAYMENT_MAILS,
    REFUNDED,
    PaymentCorrespondence,
    instance,
    react,
)
from application.processes.process import Decision
from domain.ordering.events import OrderDeleted, OrderPlaced, OrderRestored
from domain.ordering.number import order_number
from domain.ordering.progress import Status
from domain.payments.attempt import MAX_ATTEMPTS
from domain.payments.events import Method, PaymentCancelled, PaymentDeclined, RefundSucceeded
from domain.shared.identifiers import RefundId
from domain.shared.money import Money
from tests.support.accounts import ADMIN, BUYER, RIVAL
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.letters import Letters
from tests.support.payments import AMOUNT, BY_ADMIN, FIRST, PAYMENT, REFUND, SECOND
from tests.support.shopping import ORDER
from tests.support.times import NOON


class Shop(Buying):
    """One order of two sellers, whose mails of money are decided as it goes."""

    def __init__(self) -> None:
        self.letters = Letters((PAYMENT_MAILS,))
        super().__init__()
        self.stocks(10)
        self.stocks(10, product=SOAP, price=Money(5_000, "INR"), by=RIVAL)
        self.checks_out(items=((SHAMPOO, 1), (SOAP, 2)))

    def mails(self) -> list[SendMail]:
        """All that was decided so far, in order; no two are the same mail, and whoever reads it is the buyer."""
        self.run_due()
        self.letters.hear(self.log)
        found = [row.command for row in self.letters.rows.values() if isinstance(row.command, SendMail)]
        assert {mail.account_id for mail in found} <= {BUYER}
        assert len({mail.mail_id for mail in found}) == len(found) == len(self.letters.rows)
        return found

    def refunds(self, minor: int, number: int = 1) -> None:
        command = RequestRefund(
            payment_id=PAYMENT, refund_id=RefundId(UUID(int=number)), amount=Money(minor, "INR"), reason="Torn."
        )
        self.ask(lambda work: request_refund(command, work), by=ADMIN)

    def hides(self) -> None:
        self.log.now += timedelta(days=1)
        self.ask(lambda work: delete_order(DeleteOrder(order_id=ORDER), work), by=BUYER)

    def shows(self) -> None:
        self.ask(lambda work: restore_order(RestoreOrder(order_id=ORDER), work), by=BUYER)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_each_attempt_that_fails_says_what_can_be_done_next(shop: Shop) -> None:
    for attempt in range(1, MAX_ATTEMPTS + 1):
        shop.pays(reference=f"txn_decline_{attempt}")
        last = shop.mails()[-1]
        assert (last.template, last.references["left"]) == (FAILED, str(MAX_ATTEMPTS - attempt))
    assert len(shop.mails()) == MAX_ATTEMPTS
    about = shop.mails()[0].references
    assert (about["order_id"], about["order_number"]) == (str(ORDER), order_number(ORDER))
    assert about["pay_before"] == f"{NOON + timedelta(minutes=30):%Y-%m-%d %H:%M} UTC"


def test_a_payment_that_succeeds_is_no_failure(shop: Shop) -> None:
    shop.pays()
    assert shop.mails() == []


def test_every_refund_is_told_once_with_its_amount(shop: Shop) -> None:
    shop.pays()
    shop.refunds(100, 1)
    shop.refunds(250, 2)
    assert [(mail.template, mail.references["amount"]) for mail in shop.mails()] == [
        (REFUNDED, "1.00 INR"),
        (REFUNDED, "2.50 INR"),
    ]
    shop.cancels()
    assert len(shop.mails()) == 3


def test_cash_that_was_handed_back_is_told_too(shop: Shop) -> None:
    shop.intends_to_pay(method=Method.COD)
    for status in (Status.PROCESSING, Status.SHIPPED, Status.DELIVERED):
        shop.moves(status, by=ADMIN)
    shop.refunds(100)
    (mail,) = shop.mails()
    assert (mail.references["amount"], mail.references["way"]) == ("1.00 INR", "in cash")


def test_while_an_order_is_deleted_refunds_are_made_and_told_when_it_is_back(shop: Shop) -> None:
    shop.pays()
    assert shop.mails() == []
    shop.hides()
    assert shop.mails() == []
    shop.refunds(100)
    assert shop.mails() == []
    assert any(isinstance(event, RefundSucceeded) for event in shop.log.events(PAYMENT))
    shop.shows()
    assert [mail.references["amount"] for mail in shop.mails()] == ["1.00 INR"]
    shop.hides()
    shop.shows()
    assert len(shop.mails()) == 1


def test_what_was_told_before_the_order_was_deleted_is_not_held_back_when_it_is_heard_of_again() -> None:
    refunded = RefundSucceeded(payment_id=PAYMENT, refund_id=REFUND, amount=AMOUNT, transaction_id="back", at=NOON)
    money: PaymentCorrespondence | None = PaymentCorrespondence(order_id=ORDER, buyer_id=BUYER, pay_before=NOON)
    decisions: list[Decision] = []
    hidden = OrderDeleted(order_id=ORDER, by=BY_ADMIN, at=NOON)
    for event in (refunded, hidden, refunded, hidden, OrderRestored(order_id=ORDER, by=BY_ADMIN, at=NOON)):
        money, decided = react(money, event)
        decisions += decided
    assert len(decisions) == 1


def test_a_failure_that_was_held_back_is_of_no_interest_once_the_order_is_over() -> None:
    declined = PaymentDeclined(payment_id=PAYMENT, key=FIRST, reason="No.", at=NOON)
    hidden = PaymentCorrespondence(order_id=ORDER, buyer_id=BUYER, pay_before=NOON, attempts=1, deleted=True)
    held, decisions = react(hidden, declined)
    assert held is not None
    assert (len(held.held_back), decisions) == (1, ())
    over, _ = react(held, PaymentCancelled(payment_id=PAYMENT, at=NOON))
    assert over is not None
    assert react(over, OrderRestored(order_id=ORDER, by=BY_ADMIN, at=NOON))[1] == ()
    assert len(react(held, OrderRestored(order_id=ORDER, by=BY_ADMIN, at=NOON))[1]) == 1
    assert react(replace(over, deleted=False), replace(declined, key=SECOND))[1] == ()


def test_what_costs_nothing_has_no_mails_of_money() -> None:
    free = Buying()
    free.stocks(10)
    placed = free.checks_out(items=((SHAMPOO, 1),))
    (event, *_) = free.log.events(placed.order_id)
    assert isinstance(event, OrderPlaced)
    assert react(None, event)[0] is not None
    assert react(None, replace(event, pay_before=None)) == (None, ())


def test_the_story_is_the_payments(shop: Shop) -> None:
    shop.pays()
    followed = (*shop.log.events(ORDER), *shop.log.events(PAYMENT))
    assert {instance(event) for event in followed if isinstance(event, PAYMENT_MAILS.events)} == {PAYMENT}
