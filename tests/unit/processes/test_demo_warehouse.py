"""The demo's warehouse: one step per interval, and never with what moved or was deleted meanwhile."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from application.ordering.fulfilment import AdvanceByItself, AdvanceKept, advance_by_itself
from application.ordering.hiding import DeleteOrder, RestoreOrder, delete_order, restore_order
from application.policy import ShopPolicy
from application.ports.commands import Command
from application.processes.demo_warehouse import EVENTS, Underway, demo_warehouse, instance
from application.processes.process import Due
from domain.ordering.progress import Status
from domain.payments.events import Method, PaymentCancelled
from domain.payments.status import Status as PaymentStatus
from domain.shared.money import Money
from domain.shared.refusal import Forbidden
from tests.support.accounts import ADMIN, BUYER, RIVAL, SELLER
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.payments import PAYMENT
from tests.support.shop import POLICY
from tests.support.shopping import ORDER
from tests.support.story import kept
from tests.support.times import NOON

HOUR = timedelta(hours=1)
DEMO = replace(POLICY, auto_advance=HOUR)


class Demo:
    """A shop in memory, with what its warehouse has scheduled for the one order."""

    def __init__(self) -> None:
        self.shop = Buying()
        self.shop.stocks(10)
        self.shop.stocks(10, product=SOAP, price=Money(5_000, "INR"), by=RIVAL)
        self.shop.checks_out(items=((SHAMPOO, 1), (SOAP, 2)))

    def due(self, interval: timedelta | None = HOUR) -> tuple[datetime, Command] | None:
        """The latest, after all that happened."""
        manager = demo_warehouse(interval)
        state: Underway | None = None
        found: tuple[datetime, Command] | None = None
        for event in self.shop.log.events(ORDER):
            state, decisions = manager.react(state, event)
            state = state and kept(state)
            for decision in decisions:
                assert isinstance(decision, Due)
                assert decision.at is not None
                found = (decision.at, decision.command)
        return found

    def steps(self, *, policy: ShopPolicy = DEMO) -> str | None:
        """What is due is done when its time has come; gives how far the order is, or None where it did not move."""
        before, due = self.shop.history(), self.due()
        assert due is not None
        self.shop.log.now, command = max(due[0], self.shop.log.now), due[1]
        assert isinstance(command, AdvanceByItself)
        status = self.ask(command, policy=policy).status
        return None if self.shop.history() == before else status

    def ask(self, command: AdvanceByItself, *, policy: ShopPolicy = DEMO) -> AdvanceKept:
        return self.shop.ask_itself(lambda work: advance_by_itself(command, work, policy=policy))


@pytest.fixture
def demo() -> Demo:
    return Demo()


def test_a_paid_order_is_delivered_in_two_intervals(demo: Demo) -> None:
    assert demo.due() is None
    demo.shop.pays()
    assert [demo.steps(), demo.steps()] == ["shipped", "delivered"]
    assert demo.shop.log.now == NOON + 2 * HOUR
    assert demo.steps() is None


def test_an_order_paid_at_the_door_takes_three_and_is_paid(demo: Demo) -> None:
    demo.shop.intends_to_pay(method=Method.COD)
    assert [demo.steps(), demo.steps(), demo.steps(), demo.steps()] == ["processing", "shipped", "delivered", None]
    assert demo.shop.payment().status is PaymentStatus.SUCCEEDED


def test_sellers_who_are_ahead_wait_for_the_others(demo: Demo) -> None:
    demo.shop.pays()
    demo.shop.log.now += HOUR / 2
    demo.shop.moves(Status.SHIPPED, by=RIVAL)
    assert demo.due() == (NOON + HOUR * 3 / 2, AdvanceByItself(order_id=ORDER, since=NOON + HOUR / 2))
    demo.steps()
    assert set(demo.shop.order().progress.parts.values()) == {Status.SHIPPED}
    demo.shop.moves(Status.DELIVERED, by=SELLER)
    assert (demo.steps(), demo.steps()) == ("delivered", None)


def test_what_moved_meanwhile_is_left_alone(demo: Demo) -> None:
    demo.shop.pays()
    due = demo.due()
    assert due is not None
    demo.shop.log.now, command = due
    assert isinstance(command, AdvanceByItself)
    demo.shop.moves(Status.SHIPPED, by=RIVAL)
    before = demo.shop.history()
    assert demo.ask(command).status == "processing"
    assert demo.shop.history() == before


def test_the_same_step_twice_is_one_step(demo: Demo) -> None:
    demo.shop.pays()
    due = demo.due()
    assert due is not None
    demo.shop.log.now, command = due
    assert isinstance(command, AdvanceByItself)
    assert [demo.ask(command).status, demo.ask(command).status] == ["shipped", "shipped"]


def test_a_deleted_order_stands_still_until_it_is_restored(demo: Demo) -> None:
    demo.shop.pays()
    demo.shop.log.now += 24 * HOUR
    due = demo.due()
    demo.shop.ask(lambda work: delete_order(DeleteOrder(order_id=ORDER), work), by=BUYER)
    assert demo.due() == due
    assert demo.steps() is None
    assert due is not None
    assert isinstance(due[1], AdvanceByItself)
    begun_before = replace(due[1], since=demo.shop.log.now)
    assert demo.ask(begun_before).status == "processing"
    demo.shop.ask(lambda work: restore_order(RestoreOrder(order_id=ORDER), work), by=ADMIN)
    restored = demo.due()
    assert restored is not None
    assert restored[0] == demo.shop.log.now + HOUR
    assert demo.steps() == "shipped"


@pytest.mark.parametrize("by", [BUYER, SELLER])
def test_what_is_cancelled_is_not_moved(demo: Demo, by: object) -> None:
    demo.shop.pays()
    demo.shop.cancels(by=BUYER if by == BUYER else SELLER)
    assert demo.steps() == (None if by == BUYER else "shipped")
    assert demo.shop.order().progress.parts[SELLER] is Status.CANCELLED


def test_a_warehouse_that_stands_still_moves_nothing(demo: Demo) -> None:
    demo.shop.pays()
    assert demo.due(None) is None
    assert demo.steps(policy=POLICY) is None


def test_only_the_shop_itself_moves_orders_so(demo: Demo) -> None:
    command = AdvanceByItself(order_id=ORDER, since=NOON)
    with pytest.raises(Forbidden):
        demo.shop.ask(lambda work: advance_by_itself(command, work, policy=DEMO), by=ADMIN)


def test_the_story_is_the_orders(demo: Demo) -> None:
    assert all(isinstance(event, EVENTS) and instance(event) == ORDER for event in demo.shop.log.events(ORDER))
    assert instance(PaymentCancelled(payment_id=PAYMENT, at=NOON)) is None
