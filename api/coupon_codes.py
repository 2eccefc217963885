"""Codes that buyers try: why they may not help, and how often a buyer may guess."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.call import Call
from api.problems import Problem
from domain.promotions.coupon import CouponUnknown
from domain.promotions.terms import (
    CouponExhausted,
    CouponExpired,
    CouponInactive,
    CouponMinimumNotMet,
    CouponNotApplicable,
    CouponNotYetValid,
    CouponUsedUp,
)
from domain.shared.refusal import Refusal

REFUSALS: tuple[type[Refusal], ...] = (
    CouponUnknown,
    CouponInactive,
    CouponNotYetValid,
    CouponExpired,
    CouponExhausted,
    CouponUsedUp,
    CouponMinimumNotMet,
    CouponNotApplicable,
)


@asynccontextmanager
async def guessing(call: Call) -> AsyncIterator[None]:
    """Around what looks for a code. Counted before it is looked for, so that many at once are no way around the limit;
    a code that there is costs nothing. Raises 429."""
    target, headers = f"coupons:{call.account.account}", call.limit_headers
    await call.guard(target)
    try:
        yield
    except (Problem, Refusal) as ended:
        if ended.code == CouponUnknown.code:
            raise
        await _pardon(call, target, headers)
        raise
    await _pardon(call, target, headers)


async def _pardon(call: Call, target: str, headers: list[tuple[bytes, bytes]]) -> None:
    await call.pardon(target)
    call.limit_headers = headers
