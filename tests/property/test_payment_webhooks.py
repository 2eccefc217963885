"""Random histories of deliveries: twice, in any order, forged, lost and come again. No money appears or is lost."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from application.deliveries import command_of, delivery_id
from application.payments import RequestRefund, request_refund
from application.ports.deliveries import DeliveryForged, DeliveryStale
from domain.ordering.progress import Status
from domain.payments.payment import Payment
from domain.shared.identifiers import OrderId, RefundId
from domain.shared.money import Money
from domain.shared.refusal import Refusal
from infrastructure.payments.razorpay_webhook import RazorpayWebhook
from tests.support.accounts import ADMIN
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO
from tests.support.fake_gateway import FakeCheckout
from tests.support.provider_news import RAZORPAY_SECRET, RazorpayEvent, captured
from tests.support.story import drive

MANY = st.integers(0, 99)
OFF = st.sampled_from([0, 0, 0, -1, 7])
CURRENCIES = st.sampled_from(["INR", "INR", "INR", "GBP"])


class WebhookMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.shop, self.checkout = Buying(), FakeCheckout()
        self.shop.gateway = self.checkout
        self.webhook = RazorpayWebhook([RAZORPAY_SECRET], self.checkout)
        self.orders: list[OrderId] = []
        self.keys: dict[UUID, tuple[OrderId, int]] = {}
        """What was handed over: for which order, and how much."""
        self.came: dict[str, tuple[OrderId, Money]] = {}
        """What the provider has taken, by transaction."""
        self.taken: set[UUID] = set()
        self.told: list[RazorpayEvent] = []
        """Whatever the provider tells; it is delivered when it is delivered."""
        self.shop.stocks(1_000)

    @initialize()
    def is_open(self) -> None:
        self.check_out()
        self.ask_to_pay(0)

    @precondition(lambda self: len(self.orders) < 4)
    @rule()
    def check_out(self) -> None:
        order_id = OrderId(UUID(int=0x0F00 + len(self.orders)))
        self.shop.checks_out(order_id, items=((SHAMPOO, 1),))
        self.orders.append(order_id)

    @rule(which=MANY)
    def ask_to_pay(self, which: int) -> None:
        order_id = self.orders[which % len(self.orders)]
        with suppress(Refusal):
            attempt = self.shop.intends_to_pay(order_id)
            assert attempt.key is not None
            self.keys[attempt.key] = (order_id, attempt.amount.minor)

    @rule(which=MANY, off=OFF, currency=CURRENCIES, stray=st.sampled_from([False, False, False, True]))
    def customer_pays(self, which: int, off: int, currency: str, *, stray: bool) -> None:
        """Once under each name of ours, whatever became of the order; and under names that are none."""
        key = list(self.keys)[which % len(self.keys)]
        if key in self.taken and not stray:
            return
        order_id, minor = self.keys[key]
        transaction = f"pay_{len(self.came)}"
        self.came[transaction] = (order_id, Money(minor + off, currency))
        self.taken |= set() if stray else {key}
        payload = captured(order_id, None if stray else key, minor + off, currency=currency, transaction=transaction)
        self.told.append(RazorpayEvent(payload=payload, id=f"evt_{len(self.told)}"))

    @rule(which=MANY)
    def customer_fails(self, which: int) -> None:
        key = list(self.keys)[which % len(self.keys)]
        order_id, minor = self.keys[key]
        payload = captured(order_id, key, minor, transaction=f"pay_failed_{len(self.told)}")
        self.told.append(RazorpayEvent(event="payment.failed", payload=payload, id=f"evt_{len(self.told)}"))

    @rule(which=MANY)
    def customer_tries_again(self, which: int) -> None:
        """After a failure, which the shop has heard of; the first attempt may bring money all the same."""
        self.customer_fails(which)
        self.delivered(self.told[-1])
        order_id, _ = self.keys[list(self.keys)[which % len(self.keys)]]
        self.ask_to_pay(self.orders.index(order_id))

    @precondition(lambda self: self.told)
    @rule(
        which=MANY,
        times=st.integers(1, 3),
        late=st.sampled_from([timedelta(), timedelta(hours=23), timedelta(days=14)]),
    )
    def deliver(self, which: int, times: int, late: timedelta) -> None:
        for _ in range(times):
            self.delivered(self.told[which % len(self.told)], late)

    def delivered(self, event: RazorpayEvent, late: timedelta = timedelta()) -> None:
        now = self.shop.log.now
        signed = event.signed(at=(now - late).timestamp())
        delivery = drive(self.webhook.receive(signed.body, signed.raw_headers, at=now))
        self.shop.submit(command_of(delivery), delivery_id(delivery))

    @rule(which=MANY, late=st.sampled_from([timedelta(), timedelta(days=15, minutes=1), timedelta(minutes=-6)]))
    def forge(self, which: int, late: timedelta) -> None:
        """Somebody without the secret, or with what was signed at another time."""
        order_id, minor = self.keys[list(self.keys)[which % len(self.keys)]]
        now, before = self.shop.log.now, self.shop.history()
        secret = RAZORPAY_SECRET if late else "not-the-secret"
        event = RazorpayEvent(payload=captured(order_id, list(self.keys)[which % len(self.keys)], minor))
        signed = event.signed(at=(now - late).timestamp(), secret=secret)
        with pytest.raises(DeliveryStale if late else DeliveryForged):
            drive(self.webhook.receive(signed.body, signed.raw_headers, at=now))
        assert self.shop.history() == before

    @rule(which=MANY)
    def cancel(self, which: int) -> None:
        with suppress(Refusal):
            self.shop.cancels(self.orders[which % len(self.orders)])
        self.shop.tell_managers()

    @rule(which=MANY, minor=st.none() | st.integers(1, 1_000), number=MANY)
    def refund(self, which: int, minor: int | None, number: int) -> None:
        payment = self.payment(self.orders[which % len(self.orders)])
        command = RequestRefund(
            payment_id=payment.id,
            refund_id=RefundId(UUID(int=0x4F00 + number)),
            amount=Money(minor, "INR") if minor else None,
            reason="Torn.",
        )
        with suppress(Refusal):
            self.shop.ask(lambda work: request_refund(command, work), by=ADMIN)

    @rule(minutes=st.sampled_from([1, 10, 31]))
    def wait(self, minutes: int) -> None:
        self.shop.log.now += timedelta(minutes=minutes)
        self.shop.run_due()

    def payment(self, order_id: OrderId) -> Payment:
        return self.shop.payment(order_id)

    @invariant()
    def nothing_is_in_the_books_that_did_not_come(self) -> None:
        for order_id in self.orders:
            for key, receipt in self.payment(order_id).ledger.receipts.items():
                assert self.came[receipt.transaction_id] == (order_id, receipt.amount)
                assert self.checkout.refunded(key) >= receipt.returned.minor
        assert all(row.status != "dead" for row in self.shop.due.rows.values())

    def teardown(self) -> None:
        """In the end everything was delivered, and what came is kept for an order that stands, or has gone back."""
        if not self.orders:
            return
        for _ in range(2):
            for event in self.told:
                self.delivered(event)
            self.shop.settle()
        kept = {}
        for order_id in self.orders:
            payment, order = self.payment(order_id), self.shop.order(order_id)
            for key, receipt in payment.ledger.receipts.items():
                back = self.checkout.refunded(key)
                assert back == receipt.returned.minor == receipt.promised.minor
                assert key == payment.paid_by or back == receipt.amount.minor
                kept[receipt.transaction_id] = (order_id, receipt.amount)
            paid = payment.paid_by is not None
            assert paid == (order.status is not Status.CANCELLED) or payment.ledger.receipts
        assert kept == self.came


TestWebhookMachine = WebhookMachine.TestCase
