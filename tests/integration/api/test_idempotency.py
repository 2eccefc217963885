"""One key, one execution, one answer."""

import asyncio
from uuid import uuid4

import httpx

from tests.support.web import PASSWORD, Web


def same(left: httpx.Response, right: httpx.Response) -> bool:
    assert (left.status_code, left.content) == (right.status_code, right.content)
    assert left.headers.get("location") == right.headers.get("location")
    assert left.headers.get("x-position") == right.headers.get("x-position")
    return True


async def test_a_repeated_request_gets_the_answer_it_got(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    form = {"name": "Kettle", "price": 875, "quantity": 5}
    first, again = [
        await shop.send("POST", "/api/v1/products", form, by=seller, Idempotency_Key="k1") for _ in range(2)
    ]
    assert same(first, again)
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert (await shop.send("GET", "/api/v1/products")).json()["total"] == 1

    item = {"productId": first.json()["id"], "quantity": 2}
    added = [await shop.send("POST", "/api/v1/cart/items", item, by=buyer, Idempotency_Key="k1") for _ in range(2)]
    assert same(*added)
    assert (await shop.send("GET", "/api/v1/cart", by=buyer)).json()["items"][0]["quantity"] == 2

    placed = [await shop.send("POST", "/api/v1/checkout", {}, by=buyer, Idempotency_Key="k2") for _ in range(2)]
    assert same(*placed)
    pay = {"orderId": placed[0].json()["id"], "method": "CARD"}
    paid = [await shop.send("POST", "/api/v1/payments", pay, by=buyer, Idempotency_Key="k3") for _ in range(2)]
    assert (paid[0].status_code, paid[0].json()["status"]) == (201, "success")
    assert same(*paid)


async def test_a_key_stands_for_one_body_only(shop: Web) -> None:
    seller = await shop.login("seller")
    for price, status in ((1, 201), (2, 422), (1.00, 201)):
        form = {"price": price, "name": "Kettle"}
        answer = await shop.send("POST", "/api/v1/products", form, by=seller, Idempotency_Key="k")
        if status == 422:
            assert answer.json()["code"] == "idempotency-key-reused"
        assert answer.status_code in {status, 422}


async def test_a_refusal_by_a_rule_is_answered_again_even_when_it_would_not_be_refused_now(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    product = await shop.product(seller, quantity=0)
    form = {"items": [{"productId": product, "quantity": 1}]}
    first = await shop.send("POST", "/api/v1/orders", form, by=buyer, Idempotency_Key="k")
    assert (first.status_code, first.json()["code"]) == (409, "insufficient-stock")
    assert first.json()["errors"][0]["pointer"] == "/items/0"
    await shop.send("POST", f"/api/v1/products/{product}/stock", {"change": 5, "reason": "Delivery"}, by=seller)
    again = await shop.send("POST", "/api/v1/orders", form, by=buyer, Idempotency_Key="k")
    assert (again.status_code, again.headers["idempotent-replayed"]) == (409, "true")
    assert (await shop.send("POST", "/api/v1/orders", form, by=buyer, Idempotency_Key="k2")).status_code == 201


async def test_what_was_not_understood_leaves_the_key_free(shop: Web) -> None:
    seller = await shop.login("seller")
    answer = await shop.send("POST", "/api/v1/products", {"name": ""}, by=seller, Idempotency_Key="k")
    assert answer.status_code == 422
    form = {"name": "Kettle", "price": 1}
    answer = await shop.send("POST", "/api/v1/products", form, by=seller, Idempotency_Key="k")
    assert answer.status_code == 201


async def test_keys_of_different_callers_have_nothing_to_do_with_each_other(shop: Web) -> None:
    sellers = [await shop.login("seller") for _ in range(2)]
    form = {"name": "Kettle", "price": 1}
    answers = [await shop.send("POST", "/api/v1/products", form, by=by, Idempotency_Key="k") for by in sellers]
    assert answers[0].json()["id"] != answers[1].json()["id"]


async def test_fifty_at_once_execute_once(shop: Web) -> None:
    buyer, product = await shop.login(), await shop.product(await shop.login("seller"), quantity=5)
    form = {"items": [{"productId": product, "quantity": 1}]}
    answers = await asyncio.gather(
        *(shop.send("POST", "/api/v1/orders", form, by=buyer, Idempotency_Key="k") for _ in range(50))
    )
    assert {each.status_code for each in answers} == {201}
    assert len({each.content for each in answers}) == 1
    assert (await shop.send("GET", f"/api/v1/products/{product}")).json()["available"] == 4


async def test_strangers_cannot_read_each_others_outcome_by_their_key(shop: Web) -> None:
    def form(email: str, password: str = PASSWORD) -> dict[str, str]:
        return {"email": email, "password": password, "name": "Ada"}

    ada = f"{uuid4().hex}@example.com"
    first = await shop.send("POST", "/api/v1/auth/register", form(ada), Idempotency_Key="k")
    again = await shop.send("POST", "/api/v1/auth/register", form(ada), Idempotency_Key="k")
    other = await shop.send("POST", "/api/v1/auth/register", form("eve@example.com"), Idempotency_Key="k")
    guess = await shop.send("POST", "/api/v1/auth/register", form(ada, "wrong password"), Idempotency_Key="k")
    assert same(first, again)
    assert other.json()["id"] != first.json()["id"]
    assert guess.status_code == 422
    assert first.json()["id"] not in guess.text


async def test_a_repeated_login_gets_the_same_tokens(shop: Web) -> None:
    email = f"{uuid4().hex}@example.com"
    await shop.login(email=email)
    form = {"email": email, "password": PASSWORD}
    answers = [await shop.send("POST", "/api/v1/auth/login", form, Idempotency_Key="k") for _ in range(2)]
    assert same(*answers)
    spend = {"refreshToken": answers[0].json()["refreshToken"]}
    spent = [await shop.send("POST", "/api/v1/auth/refresh", spend, Idempotency_Key="k") for _ in range(2)]
    assert spent[0].status_code == 200
    assert same(*spent)
