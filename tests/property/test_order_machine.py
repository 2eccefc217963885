"""Random histories of one order of several sellers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.ordering.events import (
    ConfirmationGround,
    OrderCancelled,
    OrderConfirmed,
    OrderDeleted,
    OrderEvent,
    OrderLinesBegun,
    OrderLinesCancelled,
    OrderLinesDelivered,
    OrderLinesShipped,
    OrderRestored,
)
from domain.ordering.hiding import OrderNotDeletable, delete, restore
from domain.ordering.order import ORDERS, Order, OrderNotPayable, PaymentWindowClosed
from domain.ordering.placing import place
from domain.ordering.progress import OrderNotAdvanceable, OrderNotCancellable, Status
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ProductId
from domain.shared.money import Money
from domain.shared.refusal import Refusal
from tests.support.accounts import ADMIN, BUYER, RIVAL, SELLER, STRANGER
from tests.support.machines import AggregateMachine
from tests.support.ordering import PAY_BEFORE, a_quote, a_sale
from tests.support.shopping import ORDER
from tests.support.times import NOON

ACTORS = st.sampled_from([Actor.of(BUYER), Actor.of(ADMIN), Actor.system("unpaid-orders")])
GROUNDS = st.sampled_from(ConfirmationGround)
CANCELLABLE = {Status.PENDING_PAYMENT, Status.PENDING, Status.PROCESSING}
Step = type[OrderLinesBegun | OrderLinesShipped | OrderLinesDelivered]
STEPS: dict[Status, tuple[Status, Step]] = {
    Status.PROCESSING: (Status.PENDING, OrderLinesBegun),
    Status.SHIPPED: (Status.PROCESSING, OrderLinesShipped),
    Status.DELIVERED: (Status.SHIPPED, OrderLinesDelivered),
}
WAY = [Status.PENDING_PAYMENT, Status.PENDING, Status.PROCESSING, Status.SHIPPED, Status.DELIVERED]
PRODUCT = ProductId(ORDER)
LINES = st.lists(
    st.tuples(st.sampled_from([SELLER, RIVAL, STRANGER]), st.just(0) | st.integers(0, 10**6)), min_size=1, max_size=5
)


class OrderMachine(AggregateMachine[Order, OrderEvent]):
    category = ORDERS
    stream = ORDER

    @initialize(lines=LINES)
    def is_placed(self, lines: list[tuple[AccountId, int]]) -> None:
        self.now = NOON
        sales = [a_sale(product=PRODUCT, price=Money(price, "INR"), seller=seller) for seller, price in lines]
        events = place(
            ORDER,
            buyer_id=BUYER,
            quote=a_quote(*sales),
            tax_inclusive=False,
            from_cart=True,
            shipping_address=None,
            pay_before=PAY_BEFORE,
            at=self.now,
        )
        self.begin(events)
        self.placed = events[0]
        self.lines = lines
        begins = Status.PENDING_PAYMENT if any(price for _, price in lines) else Status.PROCESSING
        self.parts = {seller: begins for seller, _ in lines}
        self.over = False
        self.changed = self.now
        self.deleted_at: datetime | None = None

    @property
    def status(self) -> Status:
        live = [status for status in self.parts.values() if status is not Status.CANCELLED]
        return min(live, key=WAY.index, default=Status.CANCELLED)

    def products(self, seller: AccountId) -> tuple[ProductId, ...]:
        return tuple(PRODUCT for each, _ in self.lines if each == seller)

    def some(self, data: st.DataObject) -> tuple[AccountId | None, list[AccountId]]:
        """A seller and its part, or nobody in particular and all of them."""
        seller = data.draw(st.none() | st.sampled_from(list(self.parts)), label="seller")
        return seller, list(self.parts) if seller is None else [seller]

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
            self.all_move(Status.PENDING if at_the_door else Status.PROCESSING)

    @rule()
    def is_paid(self) -> None:
        at, waits = self.now, self.status is Status.PENDING_PAYMENT
        confirmed = OrderConfirmed(order_id=ORDER, ground=ConfirmationGround.PAID, at=at)
        self.decide(lambda order: order.paid(at=at), refused=None, then=(confirmed,) if waits else ())
        if waits:
            self.all_move(Status.PROCESSING)

    @rule(data=st.data(), to=st.sampled_from(Status))
    def advance(self, data: st.DataObject, to: Status) -> None:
        at, (seller, whose) = self.now, self.some(data)
        before, kind = STEPS.get(to, (Status.CANCELLED, OrderLinesBegun))
        live = [each for each in whose if self.parts[each] is not Status.CANCELLED]
        behind = [each for each in live if to in WAY and WAY.index(self.parts[each]) < WAY.index(to)]
        allowed = bool(behind) and all(self.parts[each] is before for each in behind)
        then = [kind(order_id=ORDER, seller_id=each, product_ids=self.products(each), at=at) for each in behind]
        self.decide(
            lambda order: order.advance(to, seller=seller, at=at),
            refused=None if allowed else OrderNotAdvanceable,
            then=then,
        )
        if allowed:
            self.move(behind, to)

    @rule(data=st.data(), by=ACTORS, reason=st.text(max_size=5))
    def cancel(self, data: st.DataObject, by: Actor, reason: str) -> None:
        at, (seller, whose) = self.now, self.some(data)
        going = [each for each in whose if self.parts[each] in CANCELLABLE]
        left = [each for each in self.parts if each not in going and self.parts[each] is not Status.CANCELLED]
        then: list[OrderEvent] = [OrderCancelled(order_id=ORDER, by=by, reason=reason, at=at)]
        free = self.status is Status.PENDING_PAYMENT and not any(price for each, price in self.lines if each in left)
        if left:
            then = [
                OrderLinesCancelled(
                    order_id=ORDER, seller_id=each, product_ids=self.products(each), by=by, reason=reason, at=at
                )
                for each in going
            ]
            if free:
                then.append(OrderConfirmed(order_id=ORDER, ground=ConfirmationGround.NOTHING_TO_PAY, at=at))
        self.decide(
            lambda order: order.cancel(seller=seller, by=by, reason=reason, at=at),
            refused=None if going else OrderNotCancellable,
            then=then,
        )
        if going:
            self.over = not left
            self.move(going, Status.CANCELLED)
            if left and free:
                self.all_move(Status.PROCESSING)

    @rule(by=ACTORS)
    def expire(self, by: Actor) -> None:
        at, waits = self.now, self.status is Status.PENDING_PAYMENT
        cancelled = OrderCancelled(order_id=ORDER, by=by, reason="Not paid in time.", at=at)
        self.decide(
            lambda order: order.expire(by=by, at=at), refused=None if waits else OrderNotPayable, then=(cancelled,)
        )
        if waits:
            self.over = True
            self.all_move(Status.CANCELLED)

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

    @rule(by=ACTORS, days=st.sampled_from([0, 0, 1]))
    def is_deleted(self, by: Actor, days: int) -> None:
        self.now += timedelta(days=days)
        at, early = self.now, self.now < NOON + timedelta(days=1)
        refused = None
        if self.deleted_at is None and (early or self.status is Status.DELIVERED):
            refused = OrderNotDeletable
        gone = self.deleted_at is not None
        then = () if gone else (OrderDeleted(order_id=ORDER, by=by, at=at),)
        self.decide(lambda order: delete(order, by=by, at=at), refused=refused, then=then)
        if refused is None and not gone:
            self.deleted_at = self.changed = at

    @rule(by=ACTORS)
    def is_restored(self, by: Actor) -> None:
        at, gone = self.now, self.deleted_at is not None
        then = (OrderRestored(order_id=ORDER, by=by, at=at),) if gone else ()
        self.decide(lambda order: restore(order, by=by, at=at), refused=None, then=then)
        if gone:
            self.deleted_at, self.changed = None, at

    def all_move(self, status: Status) -> None:
        self.move([each for each in self.parts if self.parts[each] is not Status.CANCELLED], status)

    def move(self, sellers: Sequence[AccountId], status: Status) -> None:
        self.parts |= dict.fromkeys(sellers, status)
        self.changed = self.now

    @invariant()
    def is_what_was_placed(self) -> None:
        order = self.state
        assert order.placed == self.placed
        assert order.deleted_at == self.deleted_at
        assert dict(order.progress.parts) == self.parts
        assert (order.status, order.updated_at) == (self.status, self.changed)
        assert (order.cancelled_by is not None) == self.over == (order.status is Status.CANCELLED)

    @invariant()
    def costs_what_its_live_lines_cost(self) -> None:
        order = self.state
        shares = [order.share_of(seller).minor for seller in order.sellers]
        assert order.payable.minor == sum(shares) <= order.placed.payable.minor
        live = [seller for seller, status in self.parts.items() if status is not Status.CANCELLED]
        assert all(not order.share_of(seller).minor for seller in self.parts if seller not in live)


TestOrderMachine = OrderMachine.TestCase
