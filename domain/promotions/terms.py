"""What a coupon promises, and why it may not be used: the same rules for checkout and for those who only ask."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.promotions.pricing import Discount, Sale, total_of
from domain.shared.identifiers import AccountId
from domain.shared.money import BASIS_POINTS, MAX_MINOR, Money, NotAnAmount
from domain.shared.refusal import Refusal

EMPTY = "There is nothing to take something off."
MAX_USES = 100_000
"""Each use is remembered with the coupon, so that it can be given back."""


class CouponPercentageOutOfRange(Refusal):
    """A coupon takes off more than nothing, and at most everything."""

    code = "coupon-percentage-out-of-range"


class CouponWindowEmpty(Refusal):
    """A coupon becomes valid before it expires."""

    code = "coupon-window-empty"


class CouponLimitOutOfRange(Refusal):
    """A coupon can be used 1 to 100,000 times, by everybody or by one customer."""

    code = "coupon-limit-out-of-range"


class CouponInactive(Refusal):
    """The coupon is switched off."""

    code = "coupon-inactive"


class CouponNotYetValid(Refusal):
    """The coupon becomes valid later."""

    code = "coupon-not-yet-valid"


class CouponExpired(Refusal):
    """The coupon is valid no more."""

    code = "coupon-expired"


class CouponExhausted(Refusal):
    """The coupon was used as often as it can be."""

    code = "coupon-exhausted"


class CouponUsedUp(Refusal):
    """This customer has used the coupon as often as one customer may."""

    code = "coupon-used-up"


class CouponNotApplicable(Refusal):
    """There is nothing that the coupon would take something off."""

    code = "coupon-not-applicable"


class CouponMinimumNotMet(Refusal):
    """What the coupon applies to comes to less than it asks for."""

    code = "coupon-minimum-not-met"


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a coupon takes off, of which lines, when and how often."""

    percentage: int
    """Basis points, 1 to 10,000."""
    seller_id: AccountId | None
    """Whose lines it takes it off; None where it is all lines."""
    valid_from: datetime
    valid_to: datetime
    """The first instant at which it is valid no more."""
    usage_limit: int
    per_customer_limit: int | None
    minimum: Money | None
    """What those lines have to come to, before discount."""

    def require_sound(self) -> None:
        """Raises a refusal for what no coupon can promise."""
        if not 1 <= self.percentage <= BASIS_POINTS:
            raise CouponPercentageOutOfRange("A coupon takes off more than 0 and at most 100 %.")
        if self.valid_from >= self.valid_to:
            raise CouponWindowEmpty("A coupon becomes valid before it expires.")
        for limit in (self.usage_limit, self.per_customer_limit):
            if limit is not None and not 1 <= limit <= MAX_USES:
                raise CouponLimitOutOfRange(f"A coupon can be used 1 to {MAX_USES:,} times.")
        if self.minimum is not None and not 0 <= self.minimum.minor <= MAX_MINOR:
            raise NotAnAmount("A minimum is not negative, and not larger than an amount may be.")

    def require_usable(self, *, active: bool, used: int, used_by_customer: int, at: datetime) -> None:
        """Whether one more use is possible then; raises the first reason why it is not."""
        if not active:
            raise CouponInactive("The coupon is not active.")
        if at < self.valid_from:
            raise CouponNotYetValid(f"The coupon is valid from {_shown(self.valid_from)}.")
        if at >= self.valid_to:
            raise CouponExpired(f"The coupon was valid until {_shown(self.valid_to)}.")
        if used >= self.usage_limit:
            raise CouponExhausted("The coupon was used as often as it can be.")
        if self.per_customer_limit is not None and used_by_customer >= self.per_customer_limit:
            times = "once" if self.per_customer_limit == 1 else f"{self.per_customer_limit} times"
            raise CouponUsedUp(f"A customer can use the coupon {times}; it was.")

    def discount_on(self, sales: Sequence[Sale]) -> Discount:
        """What it takes off those lines that it applies to, rounded half up; never nothing.

        Raises CouponNotApplicable and CouponMinimumNotMet.
        """
        goods = [sale for sale in sales if self.seller_id in {None, sale.seller_id}]
        if not goods:
            raise CouponNotApplicable("Nothing in the order is of the seller whose coupon it is." if sales else EMPTY)
        worth = total_of(goods, goods[0].price.currency)
        if self.minimum is not None and worth < self.minimum:
            raise CouponMinimumNotMet(
                f"The coupon takes {self.minimum.major()} {self.minimum.currency} at least "
                f"of what it applies to; that is {worth.major()}."
            )
        discount = Discount(worth.share(self.percentage), self.seller_id)
        if discount.amount.is_zero:
            raise CouponNotApplicable("The coupon would take nothing off.")
        return discount


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
