"""Whatever a client sends, it is told what is wrong, as a problem document and never as a fault of ours."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from tests.support.web import Web

NAME = '{"name": %s, "price": 5}'
PRICE = '{"name": "x", "price": %s}'
BAD_BODIES = {
    "nothing": "",
    "no json": "{",
    "a list": "[]",
    "not a number": PRICE % "NaN",
    "a huge number": PRICE % "1e400",
    "a precise number": PRICE % "12345678901234567.89",
    "a number of 5,000 digits": PRICE % ("9" * 5_000),
    "too many decimals": PRICE % "0.001",
    "a negative price": PRICE % "-5",
    "a price as text": PRICE % '"5"',
    "a boolean price": PRICE % "true",
    "a NUL": NAME % '"a\\u0000b"',
    "a lone surrogate": NAME % '"a\\ud800b"',
    "a control character": NAME % '"a\\u0007b"',
    "a long name": NAME % f'"{"x" * 201}"',
    "a number for a name": NAME % "5",
    "an unknown field": '{"name": "x", "price": 5, "colour": "red"}',
    "a nest": "[" * 50_000,
    "a huge quantity": '{"name": "x", "price": 5, "quantity": 1000000001}',
}


def is_problem(answer: httpx.Response, status: int) -> bool:
    """A document of the promised shape that gives nothing away."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"/problems/{problem['code']}"
    assert (problem["status"], problem["requestId"]) == (status, answer.headers["x-request-id"])
    assert {"title", "detail", "code", "instance"} <= set(problem)
    assert not any(word in answer.text for word in ("Traceback", "psycopg", "SELECT", "pydantic"))
    return True


@pytest.fixture
async def seller(shop: Web) -> str:
    return await shop.login("seller")


async def test_malformed_bodies_are_problems_with_pointers(shop: Web, seller: str) -> None:
    for what, body in BAD_BODIES.items():
        headers = {"Authorization": f"Bearer {seller}", "Content-Type": "application/json"}
        answer = await shop.http.post("/api/v1/products", content=body, headers=headers)
        assert is_problem(answer, 422), what
        assert all(each["pointer"] == "" or each["pointer"].startswith("/") for each in answer.json().get("errors", []))
    assert (await shop.send("GET", "/api/v1/products")).json()["total"] == 0


async def test_exact_amounts_survive_the_whole_way(shop: Web, seller: str) -> None:
    product = await shop.product(seller, price=9_999_999_999_999.25)
    shown = await shop.send("GET", f"/api/v1/products/{product}")
    assert b'"price":9999999999999.25' in shown.content


async def test_bodies_over_the_limit_are_refused_declared_or_chunked(shop: Web, seller: str) -> None:
    headers = {"Authorization": f"Bearer {seller}", "Content-Type": "application/json"}
    large = b'{"name": "' + b"x" * (1 << 20) + b'"}'

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 65_536):
            yield large[start : start + 65_536]

    for content in (large, chunks()):
        answer = await shop.http.post("/api/v1/products", content=content, headers=headers)
        assert is_problem(answer, 413)


async def test_other_media_types_are_refused(shop: Web, seller: str) -> None:
    headers = {"Authorization": f"Bearer {seller}", "Content-Type": "application/x-www-form-urlencoded"}
    assert is_problem(await shop.http.post("/api/v1/products", content="name=x", headers=headers), 415)
    headers = {"Authorization": f"Bearer {seller}", "Content-Encoding": "gzip"}
    assert is_problem(await shop.http.post("/api/v1/products", content="x", headers=headers), 415)


STRANGE = [
    *("page=0", "page=x", "page=1&page=2", "limit=101", "limit=0", "page=99999999999999999999", "sort=colour"),
    *("sort=stars", "sort=%00", "colour=red", "cursor=x", "page=1&cursor=x", "cursor=WyItY3JlYXRlZEF0IiwiAAAA"),
    *("minPrice=-1", "minPrice=1e9", "minPrice=NaN", "seller=x", "onSale=perhaps"),
]


async def test_strange_queries_are_problems(shop: Web) -> None:
    for query in STRANGE:
        assert is_problem(await shop.send("GET", f"/api/v1/products?{query}"), 422), query


async def test_what_is_not_there_is_not_found(shop: Web, seller: str) -> None:
    buyer = await shop.login()
    missing = (f"/products/{uuid4()}", "/products/x", "/products/%00", "/products/", f"/orders/{uuid4()}", "/nothing")
    for path in missing:
        assert is_problem(await shop.send("GET", f"/api/v1{path}", by=buyer), 404), path
    assert is_problem(await shop.send("PATCH", f"/api/v1/products/{uuid4()}", {"name": "x"}, by=seller), 404)
    item = {"productId": str(uuid4()), "quantity": 1}
    assert is_problem(await shop.send("POST", "/api/v1/cart/items", item, by=buyer), 404)
    assert is_problem(await shop.send("DELETE", f"/api/v1/cart/items/{uuid4()}", by=buyer), 404)
    payment = {"orderId": str(uuid4()), "method": "UPI"}
    assert is_problem(await shop.send("POST", "/api/v1/payments", payment, by=buyer), 404)


async def test_what_belongs_to_somebody_else_is_not_found(shop: Web, seller: str) -> None:
    ada, mallory, other = await shop.login(), await shop.login(), await shop.login("seller")
    product = await shop.product(seller)
    order = await shop.order(ada, product)
    path = f"/api/v1/orders/{order['id']}"
    for by in (mallory, other):
        assert is_problem(await shop.send("GET", path, by=by), 404)
        assert is_problem(await shop.send("GET", f"{path}/history", by=by), 404)
        assert is_problem(await shop.send("GET", f"/api/v1/payments/{order['paymentId']}", by=by), 404)
    assert is_problem(await shop.send("POST", f"{path}/cancel", {"reason": "Mine."}, by=mallory), 404)
    pay = {"orderId": order["id"], "method": "UPI"}
    assert is_problem(await shop.send("POST", "/api/v1/payments", pay, by=mallory), 404)
    assert is_problem(await shop.send("PATCH", f"/api/v1/products/{product}", {"price": 1}, by=other), 403)
    assert (await shop.send("GET", path, by=seller)).json()["items"][0]["productId"] == product


async def test_the_wrong_role_is_forbidden(shop: Web, seller: str) -> None:
    buyer = await shop.login()
    assert is_problem(await shop.send("POST", "/api/v1/products", {"name": "x", "price": 1}, by=buyer), 403)
    assert is_problem(await shop.send("GET", "/api/v1/inventory", by=buyer), 403)
    assert is_problem(await shop.send("POST", "/api/v1/checkout", by=seller), 403)
    admin = {"email": "eve@example.com", "password": "correct horse", "name": "Eve", "role": "admin"}
    assert is_problem(await shop.send("POST", "/api/v1/auth/register", admin, by=buyer), 403)


async def test_tokens_that_are_missing_or_forged_are_refused(shop: Web, seller: str) -> None:
    unsigned = seller.split(".", maxsplit=1)[0] + ".e30."
    for token in (None, "x", seller[:-2], unsigned):
        answer = await shop.send("GET", "/api/v1/users/me", by=token)
        assert is_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for strange in (b"Bearer \xff", b"Basic QWxhZGRpbg==", b"Bearer"):
        assert is_problem(await shop.http.get("/api/v1/users/me", headers={b"Authorization": strange}), 401)


async def test_a_fault_of_ours_gives_nothing_away(shop: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fault(*_: object) -> None:
        raise ZeroDivisionError("SELECT secret")

    monkeypatch.setattr(type(shop.services.directory), "login_of", fault)
    form = {"email": "ada@example.com", "password": "correct horse"}
    answer = await shop.send("POST", "/api/v1/auth/login", form)
    assert is_problem(answer, 500)
    assert "ZeroDivision" not in answer.text
