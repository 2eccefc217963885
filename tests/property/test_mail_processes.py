"""One mail per order and status, per failed attempt and refund: whatever is told twice, and whoever crashes when."""

from collections import Counter
from contextlib import suppress
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from application.effects.mail import SendMail
from application.payments import RequestRefund, request_refund
from application.processes.order_mails import ORDER_MAILS
from application.processes.payment_mails import FAILED, PAYMENT_MAILS, REFUNDED
from domain.payments.events import PaymentDeclined, RefundSucceeded
from domain.shared.identifiers import OrderId, RefundId, derived, payment_of
from domain.shared.refusal import Refusal
from tests.property.test_process_managers import HAPPENINGS, ORDERS, happen
from tests.support.accounts import ADMIN
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO
from tests.support.letters import Letters, Told
from tests.support.story import DueRows
from tests.support.times import NOON

MAILING = (ORDER_MAILS, PAYMENT_MAILS)
ACTS = st.lists(st.tuples(st.sampled_from(ORDERS), st.sampled_from((*HAPPENINGS, "is refunded"))), max_size=12)
REPLAYS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5)


def refund(shop: Buying, order_id: OrderId) -> None:
    number = sum(map(len, shop.log.streams.values()))
    command = RequestRefund(
        payment_id=payment_of(order_id), refund_id=RefundId(derived("refund", number)), amount=None, reason="Torn."
    )
    shop.ask(lambda work: request_refund(command, work), by=ADMIN)


def history(acts: list[tuple[OrderId, str]]) -> list[Told]:
    """What a shop recorded in which that happened, as it was recorded; nothing is deleted at the end of it."""
    shop, letters = Buying(), Letters(())
    shop.stocks(10)
    for order_id in ORDERS:
        shop.checks_out(order_id, items=((SHAMPOO, 1),))
        letters.hear(shop.log)
    for order_id, act in (*acts, *((order_id, "is restored") for order_id in ORDERS), (ORDERS[0], "expires")):
        with suppress(Refusal):
            if act == "is refunded":
                refund(shop, order_id)
            else:
                happen(shop, order_id, act)
        letters.hear(shop.log)
    return letters.told


def decided(told: list[Told]) -> list[SendMail]:
    due = DueRows(MAILING)
    for stream, version, event in told:
        due.tell(event, stream=stream, version=version, at=NOON)
    return [row.command for row in due.rows.values() if isinstance(row.command, SendMail)]


def again_and_again(told: list[Told], replays: list[tuple[int, int]]) -> list[Told]:
    """Each replay is from some event on, up to some later one, after which things go on."""
    again = list(told)
    for end, start in sorted(((max(pair) % len(told), min(pair) % len(told)) for pair in replays), reverse=True):
        again[end + 1 : end + 1] = told[min(start, end) : end + 1]
    return again


def left_the_shop(mails: list[SendMail], random: Random) -> list[UUID]:
    """The executor's work, by whoever comes first: any mail may leave and its sender crash before that is recorded."""
    waiting, left = list(mails), []
    while waiting:
        mail = waiting.pop(random.randrange(len(waiting)))
        left.append(mail.mail_id)
        if random.random() > 0.6:
            waiting.append(mail)
    return left


@given(acts=ACTS, replays=REPLAYS, random=st.randoms(use_true_random=False))
def test_nobody_gets_the_same_mail_twice_or_misses_one(
    acts: list[tuple[OrderId, str]], replays: list[tuple[int, int]], random: Random
) -> None:
    told = history(acts)
    mails = decided(again_and_again(told, replays))
    assert [mail.mail_id for mail in mails] == [mail.mail_id for mail in decided(told)]
    assert set(Counter(mail.mail_id for mail in mails).values()) <= {1}
    assert set(left_the_shop(mails, random)) == {mail.mail_id for mail in mails}


@given(acts=ACTS, random=st.randoms(use_true_random=False))
def test_orders_do_not_wait_for_each_other(acts: list[tuple[OrderId, str]], random: Random) -> None:
    """Order and payment share an ordering key, so that theirs arrive in order; those of others in any."""
    told = history(acts)
    waiting = [[each for each in told if each[0] in {order, payment_of(order)}] for order in ORDERS]
    mixed = []
    while waiting := [events for events in waiting if events]:
        mixed.append(random.choice(waiting).pop(0))
    assert {mail.mail_id for mail in decided(mixed)} == {mail.mail_id for mail in decided(told)}


@given(acts=ACTS)
def test_each_status_each_failure_and_each_refund_is_told_once(acts: list[tuple[OrderId, str]]) -> None:
    told = history(acts)
    mails = decided(told)
    statuses = Counter((mail.template, mail.account_id, *mail.references.values()) for mail in mails)
    assert set(statuses.values()) <= {1}
    refunds = {str(event.refund_id) for _, _, event in told if isinstance(event, RefundSucceeded)}
    assert sorted(refunds) == sorted(mail.references["refund_id"] for mail in mails if mail.template == REFUNDED)
    declined = sum(isinstance(event, PaymentDeclined) for _, _, event in told)
    assert sum(mail.template == FAILED for mail in mails) <= declined
