"""Coupons in random histories of a shop: what is used is what orders that stand have used."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from application.promotions import DeleteCoupon, SwitchCoupon, delete_coupon, switch_coupon
from domain.ordering.progress import Status
from domain.promotions.coupon_code import CouponCode, coupon_of
from domain.shared.identifiers import OrderId
from tests.support.accounts import ADMIN, RIVAL
from tests.support.buying import Buying
from tests.support.coupons import terms

HALF, ALL = CouponCode("HALF"), CouponCode("RIVALS-ALL")
TERMS = {HALF: terms(percentage=5_000, usage_limit=3, per_customer_limit=2), ALL: terms(percentage=10_000)}
OWNERS = {HALF: ADMIN, ALL: RIVAL}
OFFERED = st.sampled_from([HALF, ALL])
CODES = st.none() | OFFERED


class CouponRules(RuleBasedStateMachine):
    """A shop with two coupons, one for everything and one for all of a seller's lines."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = Buying()
        self.orders: list[OrderId] = []
        self.used: dict[CouponCode, list[OrderId]] = {HALF: [], ALL: []}
        """Orders that were placed with the coupon that has the code now."""
        for code, promised in TERMS.items():
            self.shop.offers(promised, code=code, by=OWNERS[code])

    def placed(self, order_id: OrderId) -> None:
        self.orders.append(order_id)
        for code, orders in self.used.items():
            if self.shop.order(order_id).placed.coupon_code == code:
                orders.append(order_id)

    @rule(code=OFFERED, active=st.booleans())
    def switch_coupon(self, code: CouponCode, *, active: bool) -> None:
        command = SwitchCoupon(coupon_id=coupon_of(code), active=active)
        self.shop.ask(lambda work: switch_coupon(command, work), by=OWNERS[code])

    @rule(code=OFFERED)
    def replace_coupon(self, code: CouponCode) -> None:
        command = DeleteCoupon(coupon_id=coupon_of(code))
        self.shop.ask(lambda work: delete_coupon(command, work), by=OWNERS[code])
        self.shop.offers(TERMS[code], code=code, by=OWNERS[code])
        self.used[code] = []

    @invariant()
    def coupons_are_used_by_the_orders_that_stand(self) -> None:
        for code, orders in self.used.items():
            coupon = self.shop.coupon(coupon_of(code))
            standing = [each for each in orders if self.shop.order(each).status is not Status.CANCELLED]
            assert dict(coupon.uses) == {each: self.shop.order(each).placed.buyer_id for each in standing}
            assert coupon.used <= coupon.terms.usage_limit
            assert max(coupon.customers.values(), default=0) <= (coupon.terms.per_customer_limit or coupon.used)

    @invariant()
    def a_discount_is_what_the_coupon_promised(self) -> None:
        for order_id in self.orders:
            placed = self.shop.order(order_id).placed
            lines = [line for line in placed.lines if placed.coupon_code != ALL or line.seller_id == RIVAL]
            worth = sum(line.original.minor for line in lines)
            off = {HALF: (worth + 1) // 2, ALL: worth}
            assert placed.discount.minor == next((off[c] for c in off if c == placed.coupon_code), 0)
            assert sum(line.discount.minor for line in lines) == placed.discount.minor
