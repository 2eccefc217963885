"""One key is one execution and one answer, however many ask at once, in any process, whatever dies meanwhile."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID, uuid4

import httpx
import pytest

from tests.support.caller import Caller, listed
from tests.support.swarm import Swarm, while_the_log_is_held
from tests.support.system import System, eventually

AT_ONCE = 50


@pytest.mark.parametrize("kill", [False, True], ids=["all processes live", "one is killed"])
async def test_fifty_requests_with_one_key_are_executed_once(
    kill: bool, shop: System, seller: Caller, buyer: Caller
) -> None:
    eventually("two API processes", lambda: len(shop.processes("api")) == 2 and shop.ready())
    product, key, token = listed(seller, quantity=AT_ONCE), uuid4().hex, buyer.token or ""
    body = {"items": [{"productId": product, "quantity": 1}]}
    async with Swarm(shop, AT_ONCE) as swarm:
        await swarm.spread_over(2, at_least=3)
        requests = [swarm.post(n, "/orders", body, token=token, key=key) for n in range(AT_ONCE)]
        answers = await while_the_log_is_held(shop, requests, appends=2, kill=kill)
        assert (swarm.lost > 0) == kill
    assert_one_answer(answers, executed_by_the_killed=kill)
    orders = buyer.get("/orders").expect(200)
    assert [order["id"] for order in orders["items"]] == [answers[0].json()["orderId"]]
    assert buyer.get(f"/products/{product}").expect(200)["available"] == AT_ONCE - 1
    assert executions(shop, UUID(answers[0].json()["orderId"])) == 1


def assert_one_answer(answers: Sequence[httpx.Response], *, executed_by_the_killed: bool) -> None:
    """Equal bodies; at most one of them was not a repeat: nobody heard it where the killed process had executed it."""
    assert Counter(answer.status_code for answer in answers) == {201: AT_ONCE}
    assert len({answer.content for answer in answers}) == 1
    first = [answer for answer in answers if "idempotent-replayed" not in answer.headers]
    assert len(first) == 1 or (executed_by_the_killed and not first)


def executions(shop: System, order: UUID) -> int:
    with shop.connection() as connection:
        query = "SELECT count(*) FROM till.event_log WHERE stream = %s AND type = 'ordering.order-placed'"
        row = connection.execute(query, (order,)).fetchone()
    assert row is not None
    return int(row[0])


def test_a_refusal_is_answered_again_even_where_it_would_not_be_refused_now(buyer: Caller, seller: Caller) -> None:
    product = listed(seller, quantity=0)
    body = {"items": [{"productId": product, "quantity": 1}]}
    assert buyer.post("/orders", body, key="k").expect(409)["code"] == "insufficient-stock"
    seller.post(f"/products/{product}/stock", {"change": 5}).expect(200)
    again = buyer.post("/orders", body, key="k")
    assert again.expect(409)["code"] == "insufficient-stock"
    assert again.headers["idempotent-replayed"] == "true"
    buyer.post("/orders", body, key="another").expect(201)


def test_a_key_is_for_one_request_of_one_caller(shop: System, buyer: Caller, seller: Caller) -> None:
    product = listed(seller)
    body = {"productId": product, "quantity": 1}
    first = buyer.post("/cart/items", body, key="k").expect(201)
    assert buyer.post("/cart/items", body, key="k").expect(201) == first
    assert buyer.post("/cart/items", body | {"quantity": 2}, key="k").expect(422)["code"] == "idempotency-key-reused"
    assert buyer.get("/cart").expect(200)["items"][0]["quantity"] == 1
