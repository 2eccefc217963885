"""What sellers and admins do with coupons in a mixed log."""

from datetime import timedelta

from application.promotions import CreateCoupon, DeleteCoupon, SwitchCoupon
from domain.promotions.coupon_code import coupon_code, coupon_of
from domain.promotions.terms import Terms
from domain.shared.actor import Actor
from domain.shared.money import Money
from tests.support.mixed_world import CURRENCY, Step, Story, World

CODES = 12
"""Few, so that a deleted one's code is claimed again, and now and then one that is taken."""


def new_coupon(world: World) -> Story:
    """For one seller's lines or for all; used up by some orders, switched off for a time, or deleted."""
    by = Actor.of(world.luck.choice([*world.sellers, *world.admins]))
    code = coupon_code(f"Mixed-{world.luck.randrange(CODES)}")
    outcome = yield Step(by, CreateCoupon(code=code, terms=_terms(world)))
    if outcome.refusal is not None:
        return
    world.coupons.append(code)
    if world.chance(0.5):
        yield Step(by, SwitchCoupon(coupon_id=coupon_of(code), active=False))
        yield Step(by, SwitchCoupon(coupon_id=coupon_of(code), active=True))
    if world.chance(0.5):
        yield Step(by, DeleteCoupon(coupon_id=coupon_of(code)))
        world.coupons.remove(code)


def _terms(world: World) -> Terms:
    now = world.clock.now()
    return Terms(
        percentage=world.luck.choice([1, 500, 3_333, 10_000]),
        seller_id=None,
        valid_from=now,
        valid_to=now + timedelta(hours=world.luck.randint(1, 48)),
        usage_limit=world.luck.randint(1, 20),
        per_customer_limit=world.luck.choice([None, 1, 2]),
        minimum=world.luck.choice([None, Money(10_000, CURRENCY)]),
    )
