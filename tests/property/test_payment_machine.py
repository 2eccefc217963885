"""Random histories of one payment, with a provider that says anything."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.payments.attempt import AttemptsExhausted, AttemptStatus, PaymentInFlight, UnknownAttempt
from domain.payments.events import (
    CashOnDeliveryChosen,
    Method,
    PaymentAttempted,
    PaymentAttemptVoided,
    PaymentCancelled,
    PaymentDeclined,
    PaymentEvent,
    PaymentReduced,
    PaymentSucceeded,
    RefundRequested,
    RefundSucceeded,
)
from domain.payments.following import collect, give_back_part, reduce
from domain.payments.ledger import ChargeContradicted, NothingToRefund, RefundExceedsPayment, UnknownRefund
from domain.payments.payment import THE_DESK, request
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, RefundId, derived
from domain.shared.money import Money, NotAnAmount
from domain.shared.refusal import AlreadyExists, Refusal
from tests.support.accounts import BUYER, RIVAL, SELLER
from tests.support.payment_model import CASH_KEY, PaymentModel
from tests.support.payments import AMOUNT, BY_ADMIN, KEYS, PAYMENT, UNKNOWN_KEY
from tests.support.shopping import ORDER
from tests.support.times import NOON

SELLERS = st.sampled_from([SELLER, RIVAL])
ANY_KEY = st.sampled_from([*KEYS, UNKNOWN_KEY])
REPORTED = st.just(AMOUNT) | st.sampled_from([Money(0, "INR"), Money(1, "INR"), Money(AMOUNT.minor, "GBP")])
REFUND_IDS = st.sampled_from([RefundId(UUID(int=0x4F00 + n)) for n in range(4)])
MINORS = st.integers(-1, AMOUNT.minor + 1) | st.sampled_from([1, AMOUNT.minor // 2, AMOUNT.minor, AMOUNT.minor + 1])
ASKED = st.none() | MINORS.map(lambda minor: Money(minor, "INR"))
TRANSACTIONS = st.just("tx") | st.just("tx-2")


class PaymentMachine(PaymentModel):
    @initialize()
    def is_requested(self) -> None:
        self.begin(request(order_id=ORDER, buyer_id=BUYER, amount=AMOUNT, at=NOON))
        self.forget()

    @rule(method=st.sampled_from(Method))
    def start(self, method: Method) -> None:
        refused = self.unsettled() or (AttemptsExhausted if len(self.attempts) == 4 else None)
        number = len(self.attempts) + 1
        key = KEYS[number - 1] if refused is None else UNKNOWN_KEY
        attempted = PaymentAttempted(
            payment_id=PAYMENT, attempt=number, key=key, method=method, reference=None, amount=self.amount, at=NOON
        )
        self.decide(
            lambda p: p.start_attempt(method=method, reference=None, at=NOON), refused=refused, then=(attempted,)
        )
        if refused is None:
            self.attempts[key] = AttemptStatus.OPEN

    @rule()
    def choose_the_door(self) -> None:
        refused = self.unsettled()
        chosen = CashOnDeliveryChosen(payment_id=PAYMENT, at=NOON)
        self.decide(lambda p: p.pay_at_the_door(at=NOON), refused=refused, then=(chosen,))
        self.at_the_door = self.at_the_door or refused is None

    @rule(key=ANY_KEY, amount=REPORTED, transaction=TRANSACTIONS)
    def hear_of_money(self, key: UUID, amount: Money, transaction: str) -> None:
        refused: type[Refusal] | None = None
        if not amount.minor:
            refused = NotAnAmount
        elif self.came.get(key, (amount, transaction)) != (amount, transaction):
            refused = ChargeContradicted
        pays = not self.paid_by and not self.cancelled and amount == self.amount and key in self.attempts
        news = refused is None and key not in self.came
        then = self.money_came(key, amount, transaction, pays=pays) if news else ()
        self.decide(
            lambda p: p.succeed(key=key, amount=amount, transaction_id=transaction, at=NOON), refused=refused, then=then
        )
        if not news:
            return
        self.came[key] = (amount, transaction)
        self.paid_by = key if pays else self.paid_by
        if key in self.attempts:
            self.attempts[key] = AttemptStatus.SUCCEEDED if pays else AttemptStatus.RETURNED
        for event in then:
            if isinstance(event, RefundRequested):
                self.note(event.refund_id, key, amount, THE_DESK)

    @rule(key=ANY_KEY, void=st.booleans())
    def hear_of_no_money(self, key: UUID, *, void: bool) -> None:
        refused = None if key in self.attempts else UnknownAttempt
        is_open = self.attempts.get(key) is AttemptStatus.OPEN
        declined = PaymentDeclined(payment_id=PAYMENT, key=key, reason="No funds.", at=NOON)
        voided = PaymentAttemptVoided(payment_id=PAYMENT, key=key, at=NOON)
        self.decide(
            lambda p: p.void(key=key, at=NOON) if void else p.decline(key=key, reason="No funds.", at=NOON),
            refused=refused,
            then=(voided if void else declined,) if is_open else (),
        )
        if is_open:
            self.attempts[key] = AttemptStatus.VOIDED if void else AttemptStatus.DECLINED

    @rule()
    def cancel(self) -> None:
        then: tuple[PaymentEvent, ...] = ()
        if self.paid_by is None:
            then = () if self.cancelled else (PaymentCancelled(payment_id=PAYMENT, at=NOON),)
        elif self.left(self.paid_by):
            rest, refund_id = Money(self.left(self.paid_by), "INR"), RefundId(derived("refund-of-cancelled", PAYMENT))
            then = (self.request_of(refund_id, self.paid_by, rest, reason="Over.", by=BY_ADMIN),)
            self.note(refund_id, self.paid_by, rest, BY_ADMIN)
        self.decide(lambda p: p.cancel(reason="Over.", by=BY_ADMIN, at=NOON), refused=None, then=then)
        self.cancelled = self.cancelled or self.paid_by is None

    @rule(minor=MINORS.filter(lambda minor: minor >= 0))
    def is_asked_for_less(self, minor: int) -> None:
        """Before it was paid: the order does so only then."""
        if self.paid_by is not None or minor > self.amount.minor:
            return
        to = Money(minor, "INR")
        refused = PaymentInFlight if AttemptStatus.OPEN in self.attempts.values() else None
        then: tuple[PaymentEvent, ...] = (PaymentReduced(payment_id=PAYMENT, amount=to, at=NOON),)
        if not minor:
            then = () if self.cancelled else (PaymentCancelled(payment_id=PAYMENT, at=NOON),)
        elif to == self.amount:
            then = ()
        self.decide(lambda p: reduce(p, to=to, reason="Sold out.", by=BY_ADMIN, at=NOON), refused=refused, then=then)
        if refused is None:
            self.cancelled = self.cancelled or not minor
            self.amount = to if minor else self.amount

    @rule(seller=SELLERS, minor=MINORS.filter(lambda minor: minor >= 0))
    def loses_a_part(self, seller: AccountId, minor: int) -> None:
        """After it was paid; the same lines are never lost twice."""
        refund_id = RefundId(derived("refund-of-cancelled-lines", PAYMENT, seller))
        if refund_id in self.asked:
            return
        then: tuple[PaymentEvent, ...] = ()
        back = 0
        if self.paid_by is not None:
            by_seller = sum(
                amount.minor
                for id_, (key, amount) in self.asked.items()
                if key == self.paid_by and self.asked_by[id_] == Actor.of(seller)
            )
            back = min(minor - by_seller, self.left(self.paid_by))
        if self.paid_by is not None and back > 0:
            owed = Money(back, "INR")
            then = (self.request_of(refund_id, self.paid_by, owed, reason="Sold out.", by=BY_ADMIN),)
            self.note(refund_id, self.paid_by, owed, BY_ADMIN)
        share = Money(minor, "INR")
        self.decide(
            lambda p: give_back_part(p, seller=seller, share=share, reason="Sold out.", by=BY_ADMIN, at=NOON),
            refused=None,
            then=then,
        )

    @rule()
    def is_delivered(self) -> None:
        takes = self.at_the_door and self.paid_by is None and not self.cancelled
        succeeded = PaymentSucceeded(
            payment_id=PAYMENT, key=CASH_KEY, transaction_id="cash", amount=self.amount, at=NOON
        )
        self.decide(lambda p: collect(p, at=NOON), refused=None, then=(succeeded,) if takes else ())
        if takes:
            self.came[CASH_KEY] = (self.amount, "cash")
            self.paid_by = CASH_KEY

    @rule(refund_id=REFUND_IDS, asked=ASKED, by=st.just(BY_ADMIN) | SELLERS.map(Actor.of))
    def ask_back(self, refund_id: RefundId, asked: Money | None, by: Actor) -> None:
        left = self.left(self.paid_by) if self.paid_by else 0
        amount = Money(left, "INR") if asked is None else asked
        refused: type[Refusal] | None = None
        if self.paid_by is None:
            refused = NothingToRefund
        elif refund_id in self.asked:
            refused = AlreadyExists
        elif not left:
            refused = NothingToRefund
        elif amount.minor <= 0:
            refused = NotAnAmount
        elif amount.minor > left:
            refused = RefundExceedsPayment
        then = (self.request_of(refund_id, self.paid_by or UNKNOWN_KEY, amount, reason="Torn.", by=by),)
        self.decide(
            lambda p: p.request_refund(refund_id=refund_id, amount=asked, reason="Torn.", by=by, at=NOON),
            refused=refused,
            then=then,
        )
        if refused is None and self.paid_by:
            self.note(refund_id, self.paid_by, amount, by)

    @rule(data=st.data(), off=st.sampled_from([0, 0, 0, 1]))
    def hear_of_a_refund(self, data: st.DataObject, off: int) -> None:
        refund_id = data.draw(st.sampled_from(sorted(self.asked)) if self.asked else REFUND_IDS)
        known = self.asked.get(refund_id, (UNKNOWN_KEY, AMOUNT))[1]
        amount = Money(known.minor + off, known.currency)
        refused = UnknownRefund if off or refund_id not in self.asked else None
        succeeded = RefundSucceeded(
            payment_id=PAYMENT, refund_id=refund_id, amount=amount, transaction_id="back", at=NOON
        )
        self.decide(
            lambda p: p.refund_succeeded(refund_id=refund_id, amount=amount, transaction_id="back", at=NOON),
            refused=refused,
            then=() if refund_id in self.gone else (succeeded,),
        )
        if refused is None:
            self.gone.add(refund_id)

    @invariant()
    def the_books_balance(self) -> None:
        payment = self.state
        assert payment.paid_by == self.paid_by
        assert payment.amount == self.amount
        assert {a.key: a.status for a in payment.attempts.made} == self.attempts
        assert sum(a.is_open for a in payment.attempts.made) <= 1
        assert {key: (r.amount, r.transaction_id) for key, r in payment.ledger.receipts.items()} == self.came
        for key, receipt in payment.ledger.receipts.items():
            assert 0 <= receipt.returned.minor <= receipt.promised.minor <= receipt.amount.minor
            assert receipt.left.minor == self.left(key)
            assert key == self.paid_by or receipt.left.is_zero
        assert {i for i, refund in payment.ledger.refunds.items() if refund.succeeded} == self.gone


TestPaymentMachine = PaymentMachine.TestCase
