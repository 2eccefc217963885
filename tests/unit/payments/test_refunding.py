"""Who may give back how much of a payment."""

from uuid import UUID

import pytest

from application.accounts.registration import register_account
from application.payments import RecordRefund, RequestRefund, record_refund, request_refund
from domain.accounts.events import Role
from domain.payments.ledger import NothingToRefund, RefundExceedsPayment
from domain.shared.identifiers import AccountId, RefundId, payment_of
from domain.shared.money import Money
from domain.shared.refusal import Forbidden, NotFound
from tests.support.accounts import ADMIN, BUYER, RIVAL
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.payments import FIRST, REFUND, SECOND
from tests.support.shop import registration
from tests.support.shopping import ORDER

PAYMENT = payment_of(ORDER)


@pytest.fixture
def shop() -> Buying:
    shop = Buying()
    shop.stocks(10)
    shop.carts(2)
    shop.checks_out()
    return shop


def refund(amount: int | None, *, refund_id: RefundId = REFUND) -> RequestRefund:
    wanted = None if amount is None else Money(amount, "INR")
    return RequestRefund(payment_id=PAYMENT, refund_id=refund_id, amount=wanted, reason="Torn.")


def test_admins_refund_up_to_what_was_paid(shop: Buying) -> None:
    with pytest.raises(NothingToRefund):
        shop.ask(lambda work: request_refund(refund(1), work), by=ADMIN)
    shop.pays()
    kept = shop.ask(lambda work: request_refund(refund(6_500), work), by=ADMIN)
    assert (kept.amount, kept.status, kept.reason) == (Money(6_500, "INR"), "requested", "Torn.")
    with pytest.raises(RefundExceedsPayment):
        shop.ask(lambda work: request_refund(refund(200_001, refund_id=RefundId(FIRST)), work), by=ADMIN)
    back = RecordRefund(payment_id=PAYMENT, refund_id=REFUND, amount=Money(6_500, "INR"), transaction_id="back")
    assert shop.ask_itself(lambda work: record_refund(back, work)).status == "succeeded"
    assert shop.payment().status == "partially_refunded"


def test_a_seller_refunds_up_to_its_own_lines() -> None:
    shop = Buying()
    shop.stocks(5, product=SOAP, price=Money(10_000, "INR"), by=RIVAL)
    shop.stocks(5)
    shop.checks_out(items=((SHAMPOO, 1), (SOAP, 1)))
    shop.pays()
    by_admin = refund(1_000, refund_id=RefundId(PAYMENT))
    shop.ask(lambda work: request_refund(by_admin, work), by=ADMIN)
    with pytest.raises(RefundExceedsPayment):
        shop.ask(lambda work: request_refund(refund(11_801), work), by=RIVAL)
    assert shop.ask(lambda work: request_refund(refund(1_800), work), by=RIVAL).amount == Money(1_800, "INR")
    rest = refund(None, refund_id=RefundId(FIRST))
    assert shop.ask(lambda work: request_refund(rest, work), by=RIVAL).amount == Money(10_000, "INR")
    with pytest.raises(NothingToRefund):
        shop.ask(lambda work: request_refund(refund(1, refund_id=RefundId(SECOND)), work), by=RIVAL)


def test_a_seller_without_a_line_and_a_buyer_refund_nothing(shop: Buying) -> None:

    other = AccountId(UUID(int=0x53))
    shop.ask_itself(lambda work: register_account(registration(other, Role.SELLER), work))
    shop.pays()
    with pytest.raises(NotFound):
        shop.ask(lambda work: request_refund(refund(1), work), by=other)
    with pytest.raises(Forbidden):
        shop.ask(lambda work: request_refund(refund(1), work), by=BUYER)
