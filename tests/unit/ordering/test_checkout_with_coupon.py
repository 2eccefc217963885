"""A coupon at checkout: redeemed in the same append as the order, and given back when the order is over."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from application.catalogue import EditProduct, edit_product
from application.ordering.cancelling import ExpireOrder, expire_order
from application.ordering.checkout import Checkout, OrderKept, checkout
from application.promotions import DeleteCoupon, SwitchCoupon, delete_coupon, switch_coupon
from domain.catalogue.product import ProductNotAvailable
from domain.ordering.events import ConfirmationGround, OrderConfirmed
from domain.ordering.progress import Status
from domain.promotions.coupon import COUPONS, CouponUnknown
from domain.promotions.coupon_code import CouponCode, coupon_of
from domain.promotions.events import CouponGivenBack, CouponRedeemed
from domain.promotions.terms import (
    CouponExhausted,
    CouponExpired,
    CouponInactive,
    CouponMinimumNotMet,
    CouponNotApplicable,
    CouponNotYetValid,
    CouponUsedUp,
)
from domain.shared.identifiers import OrderId, ProductId, payment_of
from domain.shared.money import Money
from domain.shared.refusal import Refusal
from tests.support.accounts import ADMIN, BUYER, RIVAL, SELLER, STRANGER
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.coupons import COUPON, TERMS, terms
from tests.support.ordering import NOTHING
from tests.support.shop import POLICY
from tests.support.shopping import CART, ORDER, OTHER_ORDER

THIRD = OrderId(UUID(int=0x0F))
A_TICK = timedelta(microseconds=1)


@pytest.fixture
def shop() -> Buying:
    """One seller's shampoo for 875.00 and another's soap for 49.99."""
    shop = Buying()
    shop.stocks(10, product=SHAMPOO)
    shop.stocks(10, product=SOAP, price=Money(4_999, "INR"), by=RIVAL)
    return shop


def refused(shop: Buying, kind: type[Refusal], ask: Callable[[], object]) -> Refusal:
    """Refused for exactly that reason, and nothing has changed."""
    before = shop.history()
    with pytest.raises(kind) as refusal:
        ask()
    assert type(refusal.value) is kind
    assert shop.history() == before
    return refusal.value


def buys(shop: Buying, order_id: OrderId = ORDER, *products: ProductId, coupon: str = "rose-10") -> OrderKept:
    return shop.checks_out(
        order_id, items=tuple((product, 1) for product in products or (SHAMPOO, SOAP)), coupon=coupon
    )


def test_a_coupon_is_redeemed_in_the_append_of_the_order(shop: Buying) -> None:
    shop.offers()
    kept = buys(shop)
    assert (kept.original, kept.discount) == (Money(92_499, "INR"), Money(9_250, "INR"))
    assert (kept.tax, kept.payable) == (Money(14_985, "INR"), Money(98_234, "INR"))
    placed = shop.order().placed
    assert (placed.coupon_id, placed.coupon_code) == (COUPON, "ROSE-10")
    assert [line.discount.minor for line in placed.lines] == [8_750, 500]
    assert [line.tax_rate for line in placed.lines] == [1_800, 1_800]
    assert shop.payment().amount == kept.payable
    redeemed = CouponRedeemed(coupon_id=COUPON, order_id=ORDER, customer_id=BUYER, at=shop.log.now)
    assert shop.recent(COUPON, 1) == (redeemed,)


def test_a_cart_is_bought_with_a_coupon(shop: Buying) -> None:
    shop.offers()
    shop.carts(1)
    assert shop.checks_out(coupon="ROSE-10").discount == Money(8_750, "INR")
    assert shop.coupon().used == 1


def test_an_order_without_a_coupon_names_none(shop: Buying) -> None:
    shop.offers()
    shop.checks_out(items=((SHAMPOO, 1),))
    assert (shop.order().placed.coupon_id, shop.order().placed.coupon_code) == (UNSET, UNSET)
    assert shop.coupon().used == 0


def test_a_sellers_coupon_discounts_only_that_sellers_lines(shop: Buying) -> None:
    shop.offers(terms(percentage=10_000), by=RIVAL)
    kept = buys(shop)
    assert kept.discount == Money(4_999, "INR")
    lines = shop.order().placed.lines
    assert [(line.discount.minor, line.payable.minor) for line in lines] == [(0, 103_250), (4_999, 0)]
    refused(shop, CouponNotApplicable, lambda: buys(shop, OTHER_ORDER, SHAMPOO))


def test_an_order_of_nothing_left_to_pay_goes_ahead(shop: Buying) -> None:
    shop.offers(terms(percentage=10_000))
    kept = buys(shop)
    assert (kept.status, kept.payable, kept.tax) == (Status.PROCESSING, NOTHING, NOTHING)
    assert (kept.payment_options, kept.pay_before) == ((), None)
    assert shop.recent(ORDER, 1) == (
        OrderConfirmed(order_id=ORDER, ground=ConfirmationGround.NOTHING_TO_PAY, at=shop.log.now),
    )
    assert shop.log.events(payment_of(ORDER)) == ()
    shop.cancels()
    assert shop.coupon().used == 0


def test_a_whole_discount_of_prices_with_tax_leaves_no_tax(shop: Buying) -> None:
    shop.offers(terms(percentage=10_000))
    inclusive = replace(POLICY, tax_inclusive=True)
    shop.carts(1)
    command = Checkout(order_id=ORDER, coupon_code="ROSE-10")
    kept = shop.ask(lambda work: checkout(command, work, policy=inclusive), by=BUYER)
    assert (kept.discount, kept.tax, kept.payable) == (Money(87_500, "INR"), NOTHING, NOTHING)


@pytest.mark.parametrize("written", ["NOBODYS", "", "ROSE\u200b-10", "\u0420OSE-10", "x" * 500, "apply"])
def test_a_code_that_names_no_coupon_is_unknown(shop: Buying, written: str) -> None:
    shop.offers()
    refused(shop, CouponUnknown, lambda: buys(shop, coupon=written))


def test_a_coupon_that_was_switched_off_or_deleted_meanwhile_is_not_used(shop: Buying) -> None:
    shop.offers()
    off = SwitchCoupon(coupon_id=COUPON, active=False)
    shop.ask(lambda work: switch_coupon(off, work), by=ADMIN)
    refused(shop, CouponInactive, lambda: buys(shop))
    shop.ask(lambda work: delete_coupon(DeleteCoupon(coupon_id=COUPON), work), by=ADMIN)
    refused(shop, CouponUnknown, lambda: buys(shop))


def test_the_window_ends_at_the_very_instant(shop: Buying) -> None:
    shop.offers()
    shop.log.now = TERMS.valid_from - A_TICK
    refused(shop, CouponNotYetValid, lambda: buys(shop))
    shop.log.now = TERMS.valid_to
    refused(shop, CouponExpired, lambda: buys(shop))
    shop.log.now = TERMS.valid_to - A_TICK
    buys(shop)


def test_a_limit_holds_for_all_and_for_each(shop: Buying) -> None:
    shop.offers(terms(usage_limit=2, per_customer_limit=1))
    buys(shop)
    refused(shop, CouponUsedUp, lambda: buys(shop, OTHER_ORDER))
    shop.checks_out(OTHER_ORDER, items=((SOAP, 1),), coupon="ROSE-10", by=STRANGER)
    refused(shop, CouponExhausted, lambda: shop.checks_out(THIRD, items=((SOAP, 1),), coupon="ROSE-10", by=STRANGER))


def test_a_minimum_is_of_the_prices_at_checkout(shop: Buying) -> None:
    """It was met when the cart was filled."""
    shop.offers(terms(minimum=Money(87_500, "INR")))
    shop.carts(1)
    cheaper = EditProduct(product_id=SHAMPOO, price=Money(87_499, "INR"))
    shop.ask(lambda work: edit_product(cheaper, work, policy=POLICY), by=SELLER)
    refused(shop, CouponMinimumNotMet, lambda: shop.checks_out(coupon="ROSE-10"))
    shop.carts(1)
    shop.checks_out(coupon="ROSE-10")


def test_a_line_that_cannot_be_bought_uses_no_coupon(shop: Buying) -> None:
    shop.offers()
    refused(shop, ProductNotAvailable, lambda: buys(shop, ORDER, SHAMPOO, ProductId(UUID(int=0xFF))))
    assert shop.coupon().used == 0


def test_a_cancelled_orders_coupon_can_be_used_again(shop: Buying) -> None:
    shop.offers(terms(usage_limit=1, per_customer_limit=1))
    buys(shop)
    shop.pays()
    shop.cancels()
    back = CouponGivenBack(coupon_id=COUPON, order_id=ORDER, customer_id=BUYER, at=shop.log.now)
    assert shop.log.events(COUPON)[-1] == back
    shop.settle()
    taken = shop.payment().ledger
    assert sum(receipt.left.minor for receipt in taken.receipts.values()) == 0
    shop.log.now = TERMS.valid_from
    buys(shop, OTHER_ORDER)


def test_an_expired_orders_coupon_can_be_used_again(shop: Buying) -> None:
    shop.offers(terms(usage_limit=1))
    shop.carts(1)
    shop.checks_out(coupon="ROSE-10")
    shop.ask_itself(lambda work: expire_order(ExpireOrder(order_id=ORDER), work))
    assert shop.coupon().used == 0
    assert shop.log.state(COUPONS, COUPON).customers.get(BUYER) is None
    assert CART in shop.log.streams
    shop.checks_out(OTHER_ORDER, coupon="ROSE-10")


def test_an_order_gives_nothing_back_to_the_next_coupon_of_the_code(shop: Buying) -> None:
    shop.offers(terms(usage_limit=1))
    buys(shop)
    shop.ask(lambda work: delete_coupon(DeleteCoupon(coupon_id=COUPON), work), by=ADMIN)
    shop.offers(terms(usage_limit=1), code=CouponCode("rose-10"))
    buys(shop, OTHER_ORDER)
    before = len(shop.log.events(COUPON))
    assert shop.cancels().status == Status.CANCELLED
    assert len(shop.log.events(COUPON)) == before
    assert shop.coupon().used == 1


def test_a_checkout_says_which_coupon_it_touches() -> None:
    touched = Checkout(order_id=ORDER, coupon_code="rose-10").streams()
    assert [(category.name, stream) for category, stream in touched] == [("coupon", coupon_of(CouponCode("ROSE-10")))]
    assert Checkout(order_id=ORDER, coupon_code="\u0420OSE").streams() == ()
