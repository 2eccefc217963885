"""Who is written to of an order: once per order and status, and not while it is deleted."""

from datetime import timedelta

import pytest

from application.effects.mail import SendMail
from application.ordering.hiding import DeleteOrder, RestoreOrder, delete_order, restore_order
from application.processes.order_mails import Correspondence, instance, react
from application.processes.process import Due
from domain.ordering.number import order_number
from domain.ordering.progress import Status
from domain.payments.events import Method, PaymentCancelled
from domain.shared.identifiers import AccountId
from domain.shared.money import Money
from tests.support.accounts import ADMIN, BUYER, RIVAL, SELLER
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.payments import PAYMENT
from tests.support.shopping import ORDER
from tests.support.story import kept
from tests.support.times import NOON

Mail = tuple[str, AccountId, str | None]
PLACED: Mail = ("order-placed", BUYER, None)


def status(word: str) -> Mail:
    return "order-status", BUYER, word


@pytest.fixture
def shop() -> Buying:
    """One order of two sellers."""
    shop = Buying()
    shop.stocks(10)
    shop.stocks(10, product=SOAP, price=Money(5_000, "INR"), by=RIVAL)
    shop.checks_out(items=((SHAMPOO, 1), (SOAP, 2)))
    return shop


def commands(shop: Buying) -> list[SendMail]:
    state: Correspondence | None = None
    found = []
    for event in shop.log.events(ORDER):
        state, decisions = react(state, event)
        state = state and kept(state)
        for decision in decisions:
            assert isinstance(decision, Due)
            assert isinstance(decision.command, SendMail)
            assert decision.at is None
            found.append(decision.command)
    return found


def mails(shop: Buying) -> list[Mail]:
    """All that is sent for what happened, in order; no two are the same mail."""
    sent = commands(shop)
    assert len({each.mail_id for each in sent}) == len(sent)
    return [(each.template, each.account_id, each.references.get("status")) for each in sent]


def test_a_mail_names_the_order_by_number_and_id(shop: Buying) -> None:
    (placed,) = commands(shop)
    assert placed.references == {"order_id": str(ORDER), "order_number": order_number(ORDER)}


def test_the_buyer_hears_of_each_status_once(shop: Buying) -> None:
    shop.pays()
    shop.moves(Status.SHIPPED, by=RIVAL)
    assert mails(shop) == [PLACED, status("processing")]
    shop.moves(Status.SHIPPED)
    shop.moves(Status.DELIVERED)
    shop.moves(Status.DELIVERED, by=RIVAL)
    assert mails(shop) == [PLACED, status("processing"), status("shipped"), status("delivered")]


def test_an_order_paid_at_the_door_is_confirmed_first(shop: Buying) -> None:
    shop.intends_to_pay(method=Method.COD)
    shop.moves(Status.PROCESSING, by=ADMIN)
    assert mails(shop) == [PLACED, status("pending"), status("processing")]


def test_sellers_do_not_hear_of_what_was_never_confirmed(shop: Buying) -> None:
    shop.settle()
    assert mails(shop) == [PLACED, ("order-cancelled", BUYER, None)]


def test_everybody_hears_of_the_end_of_an_order(shop: Buying) -> None:
    shop.pays()
    shop.cancels()
    assert mails(shop)[2:] == [*(("order-cancelled", reader, None) for reader in (BUYER, SELLER, RIVAL))]


def test_buyer_and_seller_hear_of_the_end_of_a_part(shop: Buying) -> None:
    shop.pays()
    shop.moves(Status.SHIPPED)
    shop.cancels(by=RIVAL)
    assert mails(shop)[2:] == [
        ("order-lines-cancelled", BUYER, None),
        ("order-lines-cancelled", RIVAL, None),
        status("shipped"),
    ]


def test_nothing_is_written_of_a_deleted_order_until_it_is_back(shop: Buying) -> None:
    shop.pays()
    shop.log.now += timedelta(days=1)
    shop.ask(lambda work: delete_order(DeleteOrder(order_id=ORDER), work), by=BUYER)
    shop.moves(Status.SHIPPED, by=ADMIN)
    assert mails(shop) == [PLACED, status("processing")]
    shop.ask(lambda work: restore_order(RestoreOrder(order_id=ORDER), work), by=BUYER)
    assert mails(shop) == [PLACED, status("processing"), status("shipped")]
    shop.ask(lambda work: delete_order(DeleteOrder(order_id=ORDER), work), by=BUYER)
    shop.ask(lambda work: restore_order(RestoreOrder(order_id=ORDER), work), by=BUYER)
    assert len(mails(shop)) == 3


def test_the_story_is_the_orders(shop: Buying) -> None:
    assert all(instance(event) == ORDER for event in shop.log.events(ORDER))
    assert instance(PaymentCancelled(payment_id=PAYMENT, at=NOON)) is None
