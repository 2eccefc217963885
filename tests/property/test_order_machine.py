"""Random histories of one order."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.ordering.events import ConfirmationGround, OrderCancelled, OrderConfirmed, OrderEvent
from domain.ordering.order import (
    ORDERS,
    Order,
    OrderNotCancellable,
    OrderNotPayable,
    PaymentWindowClosed,
    Status,
    place,
)
from domain.shared.actor import Actor
from domain.shared.money import Money
from domain.shared.refusal import Refusal
from tests.support.accounts import ADMIN, BUYER
from tests.support.machines import AggregateMachine
from tests.support.ordering import PAY_BEFORE, a_quote, a_sale
from tests.support.shopping import ORDER
from tests.support.times import NOON

ACTORS = st.sampled_from([Actor.of(BUYER), Actor.of(ADMIN), Actor.system("unpaid-orders")])
GROUNDS = st.sampled_from(ConfirmationGround)
CANCELLABLE = {Status.PENDING_PAYMENT, Status.PENDING, Status.PROCESSING}


class OrderMachine(AggregateMachine[Order, OrderEvent]):
    category = ORDERS
    stream = ORDER

    @initialize(prices=st.lists(st.integers(0, 10**6), min_size=1, max_size=5))
    def is_placed(self, prices: list[int]) -> None:
        self.now = NOON
        events = place(
            ORDER,
            buyer_id=BUYER,
            quote=a_quote(*(a_sale(price=Money(price, "INR")) for price in prices)),
            tax_inclusive=False,
            from_cart=True,
            shipping_address=None,
            pay_before=PAY_BEFORE,
            at=self.now,
        )
        self.begin(events)
        self.placed = events[0]
        self.status = Status.PENDING_PAYMENT if any(prices) else Status.PROCESSING
        self.changed = self.now

    @rule(minutes=st.integers(1, 40))
    def passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(ground=GROUNDS)
    def confirm(self, ground: ConfirmationGround) -> None:
        at, waits = self.now, self.status is Status.PENDING_PAYMENT
        confirmed = OrderConfirmed(order_id=ORDER, ground=ground, at=at)
        self.decide(
            lambda order: order.confirm(ground=ground, at=at),
            refused=None if waits else OrderNotPayable,
            then=(confirmed,),
        )
        if waits:
            at_the_door = ground is ConfirmationGround.CASH_ON_DELIVERY
            self.moves(Status.PENDING if at_the_door else Status.PROCESSING)

    @rule()
    def is_paid(self) -> None:
        at, waits = self.now, self.status is Status.PENDING_PAYMENT
        confirmed = OrderConfirmed(order_id=ORDER, ground=ConfirmationGround.PAID, at=at)
        self.decide(lambda order: order.paid(at=at), refused=None, then=(confirmed,) if waits else ())
        if waits:
            self.moves(Status.PROCESSING)

    @rule(by=ACTORS, reason=st.text(max_size=5))
    def cancel(self, by: Actor, reason: str) -> None:
        at, allowed = self.now, self.status in CANCELLABLE
        cancelled = OrderCancelled(order_id=ORDER, by=by, reason=reason, at=at)
        self.decide(
            lambda order: order.cancel(by=by, reason=reason, at=at),
            refused=None if allowed else OrderNotCancellable,
            then=(cancelled,),
        )
        if allowed:
            self.moves(Status.CANCELLED)

    @rule(by=ACTORS)
    def expire(self, by: Actor) -> None:
        at, waits = self.now, self.status is Status.PENDING_PAYMENT
        cancelled = OrderCancelled(order_id=ORDER, by=by, reason="Not paid in time.", at=at)
        self.decide(
            lambda order: order.expire(by=by, at=at), refused=None if waits else OrderNotPayable, then=(cancelled,)
        )
        if waits:
            self.moves(Status.CANCELLED)

    @rule()
    def asks_whether_it_is_payable(self) -> None:
        refused: type[Refusal] | None = None
        if self.status is not Status.PENDING_PAYMENT:
            refused = OrderNotPayable
        elif self.now >= PAY_BEFORE:
            refused = PaymentWindowClosed

        def asked(order: Order) -> tuple[OrderEvent, ...]:
            order.require_payable(self.now)
            return ()

        self.decide(asked, refused=refused)

    def moves(self, status: Status) -> None:
        self.status, self.changed = status, self.now

    @invariant()
    def is_what_was_placed(self) -> None:
        order = self.state
        assert order.placed == self.placed
        assert (order.status, order.updated_at) == (self.status, self.changed)
        assert (order.cancelled_by is None) == (order.status is not Status.CANCELLED)


TestOrderMachine = OrderMachine.TestCase
