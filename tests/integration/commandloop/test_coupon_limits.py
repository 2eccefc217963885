"""A coupon's limits under many checkouts at once, decided by two loops that know nothing of each other."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from uuid import uuid4

import msgspec
import pytest

from application.ordering.cancelling import CancelOrder
from application.ordering.checkout import Checkout, Item, OrderKept
from application.ports.commands import Command, CommandBus, Outcome
from application.promotions import CreateCoupon
from domain.promotions.coupon_code import CouponCode, coupon_of
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, OrderId
from infrastructure.bootstrap.writing import command_loop
from infrastructure.clock import SystemClock
from infrastructure.settings import load
from tests.support.coupons import terms
from tests.support.crowd import SYSTEM, Crowd, envelope, gather_crowd
from tests.support.loops import rows
from tests.support.times import FAR_AWAY, LONG_AGO

CODE = CouponCode("ROSE-10")
_USES = """
SELECT data ->> 'order_id', data ->> 'customer_id', type FROM till.event_log
 WHERE stream = %s AND type LIKE 'promotions.coupon-%%' ORDER BY position
"""


class Till:
    """Two processes' writers; each command goes to one of them."""

    def __init__(self, database: str, loops: Sequence[CommandBus]) -> None:
        self.database = database
        self.loops = loops
        self.luck = Random(7)

    async def ask(self, command: Command, by: AccountId) -> Outcome:
        return await self.luck.choice(self.loops).submit(envelope(command, Actor.of(by)))

    async def offers(self, *, usage_limit: int, per_customer_limit: int | None = None) -> None:
        promised = terms(
            valid_from=LONG_AGO, valid_to=FAR_AWAY, usage_limit=usage_limit, per_customer_limit=per_customer_limit
        )
        outcome = await self.loops[0].submit(envelope(CreateCoupon(code=CODE, terms=promised), SYSTEM))
        assert outcome.refusal is None

    async def buy(self, crowd: Crowd, buyers: Sequence[AccountId]) -> list[Outcome]:
        item = (Item(product_id=crowd.products[0], quantity=1),)
        wanted = [(Checkout(order_id=OrderId(uuid4()), items=item, coupon_code=CODE), buyer) for buyer in buyers]
        return await asyncio.gather(*(self.ask(command, buyer) for command, buyer in wanted))

    def uses(self) -> dict[str, str]:
        """Orders that use the coupon, and whose they are: by the log, whatever any process believes."""
        used = dict[str, str]()
        for order, customer, happened in rows(self.database, _USES, coupon_of(CODE)):
            if happened == "promotions.coupon-redeemed":
                assert order not in used
                used[order] = customer
            elif happened == "promotions.coupon-given-back":
                assert used.pop(order) == customer
        return used


@pytest.fixture
async def till(database: str, tmp_path: Path) -> AsyncIterator[Till]:
    settings = load({"TILL_HOME": str(tmp_path)}, directory=tmp_path).settings
    async with AsyncExitStack() as stack:
        loops = [
            await stack.enter_async_context(command_loop(settings, database, clock=SystemClock(), process=name))
            for name in ("one", "two")
        ]
        yield Till(database, loops)


def outcomes(found: Sequence[Outcome]) -> Counter[str]:
    return Counter(each.refusal.code if each.refusal else "placed" for each in found)


async def test_a_limit_of_50_under_200_checkouts_is_used_exactly_50_times(till: Till) -> None:
    crowd = await gather_crowd(till.loops[0], buyers=200, products=1)
    await till.offers(usage_limit=50)
    found = await till.buy(crowd, crowd.buyers)
    assert outcomes(found) == {"placed": 50, "coupon-exhausted": 150}
    kept = [msgspec.json.decode(each.result, type=OrderKept) for each in found if each.result]
    assert till.uses().keys() == {str(each.order_id) for each in kept}
    assert {each.discount.minor for each in kept} == {8_750}


async def test_each_customer_uses_it_exactly_as_often_as_one_may(till: Till) -> None:
    crowd = await gather_crowd(till.loops[0], buyers=10, products=1)
    await till.offers(usage_limit=1_000, per_customer_limit=3)
    found = await till.buy(crowd, [buyer for _ in range(20) for buyer in crowd.buyers])
    assert outcomes(found) == {"placed": 30, "coupon-used-up": 170}
    assert Counter(till.uses().values()) == dict.fromkeys(map(str, crowd.buyers), 3)


async def test_what_is_given_back_is_had_again_and_the_limit_holds_throughout(till: Till) -> None:
    crowd = await gather_crowd(till.loops[0], buyers=60, products=1)
    await till.offers(usage_limit=20)
    placed = [
        (msgspec.json.decode(outcome.result, type=OrderKept).order_id, buyer)
        for outcome, buyer in zip(await till.buy(crowd, crowd.buyers), crowd.buyers, strict=True)
        if outcome.result
    ]
    cancels = (till.ask(CancelOrder(order_id=order, reason="No."), buyer) for order, buyer in placed[:8])
    cancelled, again = await asyncio.gather(asyncio.gather(*cancels), till.buy(crowd, crowd.buyers))
    assert all(each.refusal is None for each in cancelled)
    more = await till.buy(crowd, crowd.buyers)
    assert outcomes(again)["placed"] + outcomes(more)["placed"] == 8
    assert len(till.uses()) == 20
