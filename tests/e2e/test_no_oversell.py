"""A hundred units, four hundred buyers at once, two API processes, one of them killed: a hundred orders."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import httpx

from tests.support.caller import Caller
from tests.support.crowd import Crowd, direct_bus, gather_crowd, minted
from tests.support.swarm import Swarm, while_the_log_is_held
from tests.support.system import System, eventually

STOCK = 100
BUYERS = 400

ORDERS = """
SELECT data ->> 'order_id', data ->> 'buyer_id' FROM till.event_log
 WHERE type = 'ordering.order-placed' AND data -> 'lines' -> 0 ->> 'product_id' = %s
"""
RESERVED = """
SELECT coalesce(sum((data ->> 'quantity')::int), 0) FROM till.event_log
 WHERE type = 'inventory.stock-reserved' AND data ->> 'product_id' = %s
"""


async def fill_cart(swarm: Swarm, number: int, product: UUID, token: str) -> None:
    body = {"productId": str(product), "quantity": 1}
    carted = await swarm.post(number, "/cart/items", body, token=token, key="add")
    assert carted.status_code == 201, carted.text


async def crowd_of(shop: System) -> Crowd:
    async with direct_bus(shop) as bus:
        return await gather_crowd(bus, buyers=BUYERS, products=1, stock=STOCK)


async def test_never_more_is_sold_than_there_is(shop: System, admin: Caller) -> None:
    """The process is killed while all checkouts are under way and nobody knows which of them the log will take."""
    eventually("two API processes", lambda: len(shop.processes("api")) == 2 and shop.ready())
    crowd = await crowd_of(shop)
    product, buyers = crowd.products[0], list(enumerate(minted(shop, crowd.buyers)))
    async with Swarm(shop, BUYERS) as swarm:
        await asyncio.gather(*(fill_cart(swarm, n, product, token) for n, token in buyers))
        checkouts = [swarm.post(n, "/checkout", {}, token=token, key="buy") for n, token in buyers]
        answers = await while_the_log_is_held(shop, checkouts, appends=2, kill=True)
        assert swarm.lost > 0
    sold = [answer for answer in answers if answer.status_code == 201]
    assert Counter(answer.status_code for answer in answers) == {201: STOCK, 409: BUYERS - STOCK}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"insufficient-stock"}
    assert_the_log_agrees(shop, product, sold)
    shown = admin.get(f"/products/{product}").expect(200)
    assert (shown["quantity"], shown["available"]) == (STOCK, 0)
    eventually("the killed process replaced", lambda: len(shop.processes("api")) == 2)


def assert_the_log_agrees(shop: System, product: UUID, sold: Sequence[httpx.Response]) -> None:
    with shop.connection() as connection:
        orders = connection.execute(ORDERS, (str(product),)).fetchall()
        reserved = connection.execute(RESERVED, (str(product),)).fetchone()
    assert reserved == (STOCK,)
    assert len(orders) == STOCK
    assert max(Counter(buyer for _, buyer in orders).values()) == 1
    assert {answer.json()["orderId"] for answer in sold} == {order for order, _ in orders}
