"""A hundred units, four hundred buyers at once, two API processes, one of them killed: a hundred orders."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import httpx
import psycopg

from tests.support.caller import Caller
from tests.support.crowd import Crowd, direct_bus, gather_crowd, minted
from tests.support.swarm import Swarm
from tests.support.system import System, eventually

STOCK = 100
BUYERS = 400
PLACED_AT_THE_KILL = 20

ORDERS = """
SELECT data ->> 'order_id', data ->> 'buyer_id' FROM till.event_log
 WHERE type = 'ordering.order-placed' AND data -> 'lines' -> 0 ->> 'product_id' = %s
"""
RESERVED = """
SELECT coalesce(sum((data ->> 'quantity')::int), 0) FROM till.event_log
 WHERE type = 'inventory.stock-reserved' AND data ->> 'product_id' = %s
"""


def placed(connection: psycopg.Connection[Any], product: UUID) -> list[tuple[str, str]]:
    """Order and buyer, straight from the log."""
    return connection.execute(ORDERS, (str(product),)).fetchall()


async def buy(swarm: Swarm, number: int, product: UUID, token: str) -> httpx.Response:
    body = {"productId": str(product), "quantity": 1}
    carted = await swarm.post(number, "/cart/items", body, token=token, key="add")
    assert carted.status_code == 201, carted.text
    return await swarm.post(number, "/checkout", {}, token=token, key="buy")


async def kill_on_the_way(shop: System, product: UUID) -> int:
    """SIGKILL for one API process while orders are being placed; how many there were then."""
    with shop.connection() as connection:
        await asyncio.to_thread(
            eventually, "the first orders", lambda: len(placed(connection, product)) >= PLACED_AT_THE_KILL, seconds=60
        )
        shop.kill("api")
        return len(placed(connection, product))


async def crowd_of(shop: System) -> Crowd:
    async with direct_bus(shop) as bus:
        return await gather_crowd(bus, buyers=BUYERS, products=1, stock=STOCK)


async def test_never_more_is_sold_than_there_is(shop: System, admin: Caller) -> None:
    eventually("two API processes", lambda: len(shop.processes("api")) == 2 and shop.ready())
    crowd = await crowd_of(shop)
    product, tokens = crowd.products[0], minted(shop, crowd.buyers)
    async with Swarm(shop, BUYERS) as swarm:
        killing = asyncio.create_task(kill_on_the_way(shop, product))
        answers = await asyncio.gather(*(buy(swarm, n, product, token) for n, token in enumerate(tokens)))
        assert await killing < STOCK
        assert swarm.lost > 0
    assert Counter(answer.status_code for answer in answers) == {201: STOCK, 409: BUYERS - STOCK}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"insufficient-stock"}
    assert_the_log_agrees(shop, product, answers)
    shown = admin.get(f"/products/{product}").expect(200)
    assert (shown["quantity"], shown["available"]) == (STOCK, 0)
    eventually("the killed process replaced", lambda: len(shop.processes("api")) == 2)


def assert_the_log_agrees(shop: System, product: UUID, answers: list[httpx.Response]) -> None:
    with shop.connection() as connection:
        orders = placed(connection, product)
        row = connection.execute(RESERVED, (str(product),)).fetchone()
    assert row == (STOCK,)
    assert len(orders) == STOCK
    assert max(Counter(buyer for _, buyer in orders).values()) == 1
    answered = {answer.json()["orderId"] for answer in answers if answer.status_code == 201}
    assert answered == {order for order, _ in orders}
