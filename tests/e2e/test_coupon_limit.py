"""A coupon of fifty uses, two hundred buyers at once, two API processes, one of them killed: fifty discounts."""

from collections import Counter

from tests.support.caller import Caller
from tests.support.crowd import Crowd, direct_bus, gather_crowd, minted
from tests.support.swarm import Swarm, while_the_log_is_held
from tests.support.system import System, eventually

USES = 50
BUYERS = 200
COUPON = {
    "code": "Fifty",
    "discountPercentage": 10,
    "validFrom": "2020-01-01T00:00:00Z",
    "validTo": "2999-01-01T00:00:00Z",
    "usageLimit": USES,
    "perCustomerLimit": 1,
}
REDEEMED = """
SELECT data ->> 'order_id', data ->> 'customer_id' FROM till.event_log WHERE type = 'promotions.coupon-redeemed'
"""
PLACED = "SELECT count(*) FROM till.event_log WHERE type = 'ordering.order-placed' AND data ->> 'coupon_code' = 'Fifty'"


async def crowd_of(shop: System) -> Crowd:
    async with direct_bus(shop) as bus:
        return await gather_crowd(bus, buyers=BUYERS, products=1)


async def test_a_coupon_is_used_exactly_as_often_as_it_may_be(shop: System, admin: Caller) -> None:
    """The process is killed while all checkouts are under way and nobody knows which of them the log will take."""
    eventually("two API processes", lambda: len(shop.processes("api")) == 2 and shop.ready())
    crowd = await crowd_of(shop)
    admin.post("/coupons", COUPON).expect(201)
    body = {"items": [{"productId": str(crowd.products[0]), "quantity": 1}], "couponCode": "fifty"}
    buyers = list(enumerate(minted(shop, crowd.buyers)))
    async with Swarm(shop, BUYERS) as swarm:
        await swarm.spread_over(2, at_least=20)
        checkouts = [swarm.post(n, "/orders", body, token=token, key="buy") for n, token in buyers]
        answers = await while_the_log_is_held(shop, checkouts, appends=2, kill=True)
    assert Counter(answer.status_code for answer in answers) == {201: USES, 409: BUYERS - USES}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"coupon-exhausted"}
    bought = {answer.json()["orderId"] for answer in answers if answer.status_code == 201}
    with shop.connection() as connection:
        redeemed = connection.execute(REDEEMED).fetchall()
        placed = connection.execute(PLACED).fetchone()
    assert {order for order, _ in redeemed} == bought
    assert len({customer for _, customer in redeemed}) == len(redeemed) == USES
    assert placed == (USES,)
    shown = admin.get("/coupons/FIFTY").expect(200)
    assert (shown["usedCount"], shown["usageLimit"]) == (USES, USES)
    eventually("the killed process replaced", lambda: len(shop.processes("api")) == 2)
