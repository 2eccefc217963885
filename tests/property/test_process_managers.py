"""What the process managers decide does not depend on how their events arrive."""

from contextlib import suppress
from datetime import timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from application.ordering.hiding import DeleteOrder, RestoreOrder, delete_order, restore_order
from application.processes.demo_warehouse import demo_warehouse
from application.processes.order_mails import ORDER_MAILS
from domain.ordering.events import OrderPlaced
from domain.ordering.progress import FOLLOWING, Status
from domain.payments.events import PaymentRequested
from domain.shared.event import Event
from domain.shared.identifiers import OrderId
from domain.shared.refusal import Refusal
from tests.support.accounts import BUYER
from tests.support.buying import Buying, Crash
from tests.support.catalogue import SHAMPOO
from tests.support.story import MANAGERS, DueRows, Row
from tests.support.times import NOON

ORDERS = tuple(OrderId(UUID(int=0x0F00 + n)) for n in range(3))
Told = tuple[UUID, int, Event]
"""Stream, version, event."""
HAPPENINGS = (
    *("pays", "is declined", "times out", "crashes", "cancels", "expires"),
    *("is moved on", "is deleted", "is restored"),
)
ACTS = st.lists(st.tuples(st.sampled_from(ORDERS), st.sampled_from(HAPPENINGS)), max_size=12)


def history(acts: list[tuple[OrderId, str]]) -> dict[UUID, list[Told]]:
    """Events by stream, of orders and payments, as a shop in which that happened recorded them."""
    shop = Buying()
    shop.stocks(10)
    for order_id in ORDERS:
        shop.checks_out(order_id, items=((SHAMPOO, 1),))
    for order_id, act in acts:
        with suppress(Refusal):
            happen(shop, order_id, act)
    return {
        stream: [(stream, version, event) for version, event in enumerate(events, start=1)]
        for stream, events in shop.log.streams.items()
        if isinstance(events[0], OrderPlaced | PaymentRequested)
    }


def happen(shop: Buying, order_id: OrderId, act: str) -> None:
    match act:
        case "pays":
            shop.pays(order_id)
        case "is declined":
            shop.pays(order_id, reference="txn_decline")
        case "times out":
            shop.pays(order_id, reference="txn_timeout")
        case "crashes":
            shop.pays(order_id, crash=Crash.BEFORE_THE_CHARGE)
        case "is moved on":
            shop.moves(FOLLOWING.get(shop.order(order_id).status, Status.DELIVERED), order_id)
        case "is deleted":
            shop.log.now += timedelta(days=1)
            shop.ask(lambda work: delete_order(DeleteOrder(order_id=order_id), work), by=BUYER)
        case "is restored":
            shop.ask(lambda work: restore_order(RestoreOrder(order_id=order_id), work), by=BUYER)
        case "cancels":
            shop.cancels(order_id)
        case _:
            shop.log.now += timedelta(minutes=11)
            shop.run_due()


def decided(told: list[Told]) -> tuple[dict[UUID, Row], dict[tuple[str, UUID], object]]:
    due = DueRows((*MANAGERS, demo_warehouse(timedelta(hours=1)), ORDER_MAILS))
    for stream, version, event in told:
        due.tell(event, stream=stream, version=version, at=NOON)
    return due.rows, due.states


def in_order(streams: dict[UUID, list[Told]]) -> list[Told]:
    return [told for stream in streams.values() for told in stream]


@given(acts=ACTS, random=st.randoms(use_true_random=False))
def test_the_order_between_streams_does_not_matter(acts: list[tuple[OrderId, str]], random: Random) -> None:
    streams = history(acts)
    waiting = [list(stream) for stream in streams.values()]
    mixed = []
    while waiting := [stream for stream in waiting if stream]:
        mixed.append(random.choice(waiting).pop(0))
    assert decided(mixed) == decided(in_order(streams))


@given(acts=ACTS, data=st.data())
def test_what_is_told_again_decides_nothing_new(acts: list[tuple[OrderId, str]], data: st.DataObject) -> None:
    """After any event everything since any earlier one may come once more."""
    streams = history(acts)
    told = in_order(streams)
    again: list[Told] = []
    for number, one in enumerate(told):
        again.append(one)
        if data.draw(st.booleans(), label=f"again after {number}"):
            again += told[data.draw(st.integers(0, number), label="from") : number + 1]
    assert decided(again) == decided(told)
