"""The read model's word on a payment is the payment's own, whatever happens to it."""

from collections.abc import Callable, Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.payments.events import Method, PaymentEvent
from domain.payments.following import collect, give_back_part, reduce
from domain.payments.payment import PAYMENTS, Payment
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, RefundId
from domain.shared.money import Money
from domain.shared.refusal import Refusal
from projections.payment_story import PaymentStory, after
from tests.support.accounts import ADMIN, RIVAL, SELLER
from tests.support.payments import AMOUNT, KEYS, UNKNOWN_KEY, a_payment
from tests.support.times import NOON

Act = Callable[[Payment], Sequence[PaymentEvent]]
BY = Actor.of(ADMIN)


def succeed(key: UUID, minor: int) -> Act:
    return lambda payment: payment.succeed(
        key=key, amount=Money(minor, AMOUNT.currency), transaction_id=f"tx-{key.int}", at=NOON
    )


def ask_refund(number: int, minor: int | None) -> Act:
    amount = None if minor is None else Money(minor, AMOUNT.currency)
    return lambda payment: payment.request_refund(
        refund_id=RefundId(UUID(int=number)), amount=amount, reason="Dented.", by=BY, at=NOON
    )


def give_back(index: int) -> Act:
    """One of the refunds that were asked for, in whatever order."""

    def act(payment: Payment) -> Sequence[PaymentEvent]:
        refunds = sorted(payment.ledger.refunds.items())
        if not refunds:
            return ()
        refund_id, refund = refunds[index % len(refunds)]
        return payment.refund_succeeded(refund_id=refund_id, amount=refund.amount, transaction_id="re", at=NOON)

    return act


def lose_a_seller(seller: AccountId, minor: int) -> Act:
    """Its lines are cancelled, of a payment that was made or is to be made."""
    share = Money(minor, AMOUNT.currency)

    def act(payment: Payment) -> Sequence[PaymentEvent]:
        if payment.paid_by is None:
            to = Money(max(payment.amount.minor - minor, 0), AMOUNT.currency)
            return reduce(payment, to=to, reason="Sold out.", by=BY, at=NOON)
        return give_back_part(payment, seller=seller, share=share, reason="Sold out.", by=BY, at=NOON)

    return act


keys = st.sampled_from((*KEYS, UNKNOWN_KEY))
amounts = st.sampled_from((AMOUNT.minor, AMOUNT.minor, 1, 500))
acts: st.SearchStrategy[Act] = st.one_of(
    st.just(lambda payment: payment.start_attempt(method=Method.CARD, reference=None, at=NOON)),
    st.just(lambda payment: payment.pay_at_the_door(at=NOON)),
    st.just(lambda payment: payment.cancel(reason="Over.", by=BY, at=NOON)),
    keys.map(lambda key: lambda payment: payment.decline(key=key, reason="No.", at=NOON)),
    keys.map(lambda key: lambda payment: payment.void(key=key, at=NOON)),
    st.builds(succeed, keys, amounts),
    st.builds(ask_refund, st.integers(1, 3), st.none() | st.sampled_from((1, 500))),
    st.integers(0, 5).map(give_back),
    st.builds(lose_a_seller, st.sampled_from((SELLER, RIVAL)), st.sampled_from((0, 1, 500, AMOUNT.minor))),
    st.just(lambda payment: collect(payment, at=NOON)),
)


@given(st.lists(acts, max_size=25))
def test_status_and_amounts_are_the_payments_own(history: list[Act]) -> None:
    payment, story = a_payment(), PaymentStory()
    for act in history:
        try:
            events = act(payment)
        except Refusal:
            continue
        for event in events:
            payment, story = PAYMENTS.evolve(payment, event), after(story, event)
        assert story.status(payment.amount.minor) is payment.status
        receipts = [receipt for _, receipt in payment.ledger.receipts.items()]
        assert story.received == sum(receipt.amount.minor for receipt in receipts)
        assert story.returned == sum(receipt.returned.minor for receipt in receipts)
        if payment.paid_by is not None:
            paying = payment.ledger.receipts[payment.paid_by]
            assert (story.paid, story.refunded) == (paying.amount.minor, paying.returned.minor)
