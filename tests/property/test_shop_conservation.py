"""Random histories of a whole shop: what comes in goes out or is held, and nothing is sold twice."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from application.inventory import AdjustStock, adjust_stock
from application.payments import RequestRefund, request_refund
from application.ports.gateway import ChargeStatus
from domain.inventory.stock import STOCKS
from domain.ordering.progress import Status
from domain.payments.attempt import cash_key
from domain.payments.events import Method
from domain.payments.ledger import Receipt
from domain.payments.payment import Payment
from domain.promotions.coupon_code import CouponCode
from domain.shared.identifiers import AccountId, OrderId, ProductId, RefundId, payment_of, stock_of
from domain.shared.money import Money
from domain.shared.refusal import NotFound, Refusal
from tests.support.accounts import ADMIN, BUYER, RIVAL, SELLER, STRANGER
from tests.support.buying import Crash
from tests.support.coupon_rules import CODES, CouponRules
from tests.support.story import drive

PRODUCTS = tuple(ProductId(UUID(int=0xA0 + n)) for n in range(3))
ON_HAND, PRICES, SELLERS = (3, 6, 9), (0, 4_999, 87_500), (SELLER, RIVAL, SELLER)
STAFF = st.sampled_from([SELLER, RIVAL, ADMIN])
BUYERS = st.sampled_from([BUYER, STRANGER])
GONE = {Status.SHIPPED, Status.DELIVERED}
GOODS = st.sampled_from(PRODUCTS)
UNITS = st.integers(1, 4)
REFUNDED = st.none() | st.integers(1, 100_000) | st.just(10**6)
REFERENCES = st.sampled_from([None, "txn_1", "txn_decline", "txn_timeout", "txn_error"])


class ShopMachine(CouponRules):
    def __init__(self) -> None:
        super().__init__()
        self.on_hand = dict(zip(PRODUCTS, ON_HAND, strict=True))
        for product, price, seller in zip(PRODUCTS, PRICES, SELLERS, strict=True):
            self.shop.stocks(self.on_hand[product], product=product, price=Money(price, "INR"), by=seller)

    @initialize(items=st.lists(st.tuples(GOODS, st.integers(1, 2)), min_size=1, max_size=3))
    def is_open(self, items: list[tuple[ProductId, int]]) -> None:
        self.check_out(BUYER, items)

    @rule(product=GOODS, quantity=UNITS, by=BUYERS)
    def cart(self, product: ProductId, quantity: int, by: AccountId) -> None:
        self.shop.carts(quantity, product=product, by=by)

    @rule(by=BUYERS, items=st.none() | st.lists(st.tuples(GOODS, UNITS), min_size=1, max_size=3), coupon=CODES)
    def check_out(
        self, by: AccountId, items: list[tuple[ProductId, int]] | None, coupon: CouponCode | None = None
    ) -> None:
        order_id = OrderId(UUID(int=0x0F00 + len(self.orders)))
        with suppress(Refusal):
            self.shop.checks_out(order_id, items=tuple(items) if items else None, coupon=coupon, by=by)
            self.placed(order_id)

    def some_order(self, data: st.DataObject) -> OrderId:
        return data.draw(st.sampled_from(self.orders), label="order")

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), reference=REFERENCES, crash=st.just(Crash.NEVER) | st.sampled_from(Crash))
    def pay(self, data: st.DataObject, reference: str | None, crash: Crash) -> None:
        order_id = self.some_order(data)
        with suppress(Refusal):
            self.shop.pays(order_id, reference=reference, crash=crash, by=self.buyer(order_id))

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def pay_for_another(self, data: st.DataObject) -> None:
        order_id = self.some_order(data)
        with pytest.raises(NotFound):
            self.shop.pays(order_id, by=BUYER if self.buyer(order_id) == STRANGER else STRANGER)

    def buyer(self, order_id: OrderId) -> AccountId:
        return self.shop.order(order_id).placed.buyer_id

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def pay_at_the_door(self, data: st.DataObject) -> None:
        order_id = self.some_order(data)
        with suppress(Refusal):
            self.shop.intends_to_pay(order_id, method=Method.COD, by=self.buyer(order_id))

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), number=st.integers(1, 3), minor=st.none() | st.sampled_from([1, 5_898, 10**7]))
    def money_comes_unasked(self, data: st.DataObject, number: int, minor: int | None) -> None:
        """A second charge, one after the order was over, another amount, or one under a key of nobody's."""
        payment = self.payment(self.some_order(data))
        if payment is None:
            return
        stray = uuid5(payment.id, f"stray {number}")
        key = data.draw(st.sampled_from([stray, *(a.key for a in payment.attempts.made)]), label="key")
        if key not in self.shop.gateway.charges:
            amount = payment.amount if minor is None else Money(minor, "INR")
            drive(self.shop.gateway.charge(key=key, amount=amount, reference=None))
        self.shop.hears_of(payment.id, self.shop.gateway.charges[key])

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def hear_it_again(self, data: st.DataObject) -> None:
        payment = self.payment(self.some_order(data))
        if payment is None:
            return
        before = self.shop.history()
        for key in payment.ledger.receipts.keys() & self.shop.gateway.charges.keys():  # cash comes from no provider
            self.shop.hears_of(payment.id, self.shop.gateway.charges[key])
        assert self.shop.history() == before

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), by=st.none() | STAFF)
    def cancel(self, data: st.DataObject, by: AccountId | None) -> None:
        order_id = self.some_order(data)
        with suppress(Refusal):
            self.shop.cancels(order_id, by=by or self.buyer(order_id))

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), to=st.sampled_from(Status), by=STAFF)
    def move_on(self, data: st.DataObject, to: Status, by: AccountId) -> None:
        order_id = self.some_order(data)
        with suppress(Refusal):
            self.shop.moves(to, order_id, by=by)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), minor=REFUNDED, number=st.integers(0, 5), by=STAFF)
    def refund(self, data: st.DataObject, minor: int | None, number: int, by: AccountId) -> None:
        payment_id = payment_of(self.some_order(data))
        command = RequestRefund(
            payment_id=payment_id,
            refund_id=RefundId(uuid5(payment_id, f"refund {number}")),
            amount=None if minor is None else Money(minor, "INR"),
            reason="Torn.",
        )
        with suppress(Refusal):
            self.shop.ask(lambda work: request_refund(command, work), by=by)

    @rule(product=GOODS, change=st.integers(-5, 5))
    def adjust(self, product: ProductId, change: int) -> None:
        command = AdjustStock(product_id=product, change=change, reason="counted")
        with suppress(Refusal):
            self.shop.ask(lambda work: adjust_stock(command, work), by=ADMIN)
            self.on_hand[product] += change

    @rule(minutes=st.sampled_from([0, 1, 31]))
    def time_passes(self, minutes: int) -> None:
        self.shop.log.now += timedelta(minutes=minutes)
        self.shop.run_due()

    def payment(self, order_id: OrderId) -> Payment | None:
        """None for an order of nothing to pay."""
        return self.shop.payment(order_id) if self.shop.log.events(payment_of(order_id)) else None

    @invariant()
    def stock_is_conserved(self) -> None:
        held, left = dict.fromkeys(PRODUCTS, 0), dict(self.on_hand)
        for order_id in self.orders:
            order = self.shop.order(order_id)
            for line in order.live_lines:
                if order.progress.parts[line.seller_id] in GONE:
                    left[line.product_id] -= line.quantity
                else:
                    held[line.product_id] += line.quantity
        for product in PRODUCTS:
            stock = self.shop.log.state(STOCKS, stock_of(product))
            assert (stock.on_hand, stock.reserved) == (left[product], held[product])
            assert 0 <= stock.reserved <= stock.on_hand

    @invariant()
    def only_money_that_came_is_in_the_books(self) -> None:
        charges = self.shop.gateway.charges
        for key, receipt in self.receipts(cash=False).items():
            assert (charges[key].status, charges[key].amount) == (ChargeStatus.SUCCEEDED, receipt.amount)
            assert self.shop.gateway.refunded(key) >= receipt.returned.minor
        assert all(row.status != "dead" for row in self.shop.due.rows.values())

    @invariant()
    def an_order_goes_ahead_when_it_is_paid(self) -> None:
        for order_id in self.orders:
            order, payment = self.shop.order(order_id), self.payment(order_id)
            if payment is not None and not payment.cash_on_delivery and not payment.cancelled:
                assert payment.paid_by is not None or order.status is Status.PENDING_PAYMENT
            if payment is not None and payment.paid_by is not None:
                assert order.status is not Status.PENDING_PAYMENT

    @invariant()
    def what_is_kept_is_what_orders_say(self) -> None:
        """Paid less refunded is what the live lines cost, but for what somebody gave back beyond that."""
        for order_id in self.orders:
            order, payment = self.shop.order(order_id), self.payment(order_id)
            if payment is None:
                continue
            if payment.paid_by is None:
                assert payment.cancelled == order.payable.is_zero
                assert payment.cancelled or payment.amount == order.payable
                continue
            kept = payment.ledger.receipts[payment.paid_by].left.minor
            kindly = sum(r.amount.minor for r in payment.ledger.refunds.values() if r.reason == "Torn.")
            assert order.payable.minor - kindly <= kept <= order.payable.minor
            assert order.status is not Status.CANCELLED or not kept

    def receipts(self, *, cash: bool = True) -> dict[UUID, Receipt]:
        payments = [payment for order_id in self.orders if (payment := self.payment(order_id))]
        return {
            key: receipt
            for payment in payments
            for key, receipt in payment.ledger.receipts.items()
            if cash or key != cash_key(payment.id)
        }

    def teardown(self) -> None:
        """In the end every coin that the provider took is held for an order that stands, or has gone back."""
        self.shop.settle()
        taken = {k: c.amount for k, c in self.shop.gateway.charges.items() if c.status is ChargeStatus.SUCCEEDED}
        receipts = self.receipts(cash=False)
        assert {key: receipt.amount for key, receipt in receipts.items()} == taken
        for key, receipt in receipts.items():
            assert self.shop.gateway.refunded(key) == receipt.returned.minor == receipt.promised.minor
        for order_id in self.orders:
            self.ends_well(order_id)
        self.stock_is_conserved()
        self.only_money_that_came_is_in_the_books()

    def ends_well(self, order_id: OrderId) -> None:
        order, payment = self.shop.order(order_id), self.payment(order_id)
        assert order.status is not Status.PENDING_PAYMENT
        if payment is None:
            return
        assert payment.attempts.open is None
        held = {key: receipt.left.minor for key, receipt in payment.ledger.receipts.items()}
        assert all(not minor for key, minor in held.items() if key != payment.paid_by)
        if order.status is Status.CANCELLED:
            assert not any(held.values())
        if order.status is Status.DELIVERED:
            assert payment.paid_by is not None or payment.cancelled


TestShopMachine = ShopMachine.TestCase
