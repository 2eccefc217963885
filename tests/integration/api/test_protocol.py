"""HTTP as it is meant: methods, conditions, compression, headers on everything."""

import gzip
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.types import Message

from tests.support.web import Web, web


@pytest.fixture
async def product(shop: Web) -> str:
    """The path of a product that is in the catalogue."""
    path = f"/api/v1/products/{await shop.product(await shop.login('seller'))}"
    assert (await shop.send("GET", path)).status_code == 200
    return path


async def test_every_answer_says_who_it_is_and_how_to_treat_it(shop: Web) -> None:
    for path in ("/api/v1/products", "/nothing", "/health/live", "/metrics", "/openapi.json", "/docs"):
        answer = await shop.http.get(path)
        assert len(answer.headers["x-request-id"]) == 32
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "content-security-policy" in answer.headers
        assert "cache-control" in answer.headers
        assert "vary" in answer.headers


async def test_a_request_id_is_taken_over_unless_it_is_strange(shop: Web) -> None:
    taken = await shop.http.get("/health/live", headers={"X-Request-Id": "order-42"})
    assert taken.headers["x-request-id"] == "order-42"
    for strange in ("x" * 129, "a b", "é"):
        answer = await shop.http.get("/health/live", headers={b"X-Request-Id": strange.encode("latin-1")})
        assert len(answer.headers["x-request-id"]) == 32


async def test_methods_that_a_resource_does_not_take_are_told_with_those_it_does(shop: Web, product: str) -> None:
    answer = await shop.http.post(product)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
    options = await shop.http.options("/api/v1/cart")
    assert (options.status_code, options.headers["allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, POST")
    assert (await shop.http.request("BREW", "/api/v1/cart")).status_code == 405


async def test_head_is_get_without_the_body(shop: Web, product: str) -> None:
    got, head = await shop.http.get(product), await shop.http.head(product)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))
    assert head.headers["etag"] == got.headers["etag"]


async def test_a_client_that_holds_the_answer_is_told_so(shop: Web, product: str) -> None:
    tag = (await shop.send("GET", product)).headers["etag"]
    for held in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        answer = await shop.send("GET", product, If_None_Match=held)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    assert (await shop.send("GET", product, If_None_Match='"x"')).status_code == 200


async def test_a_change_of_what_has_moved_on_is_refused(shop: Web) -> None:
    seller = await shop.login("seller")
    product = f"/api/v1/products/{await shop.product(seller)}"
    tag = (await shop.send("GET", product)).headers["etag"]
    changed = await shop.send("PATCH", product, {"price": 5}, by=seller, If_Match=tag)
    assert changed.status_code == 200
    assert (await shop.send("PATCH", product, {"price": 6}, by=seller, If_Match=tag)).status_code == 412
    assert (await shop.send("PATCH", product, {"price": 6}, by=seller, If_Match="nonsense")).status_code == 412
    assert (await shop.send("DELETE", product, by=seller, If_Match=changed.headers["etag"])).status_code == 204


async def test_carts_thresholds_and_orders_are_changed_by_version_too(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    product = await shop.product(seller)
    item = f"/api/v1/cart/items/{product}"
    put = await shop.send("PUT", item, {"quantity": 2}, by=buyer, If_Match='"0"')
    assert put.status_code == 200
    for method, path, form in (
        ("PUT", item, {"quantity": 3}),
        ("DELETE", item, None),
        ("DELETE", "/api/v1/cart", None),
    ):
        assert (await shop.send(method, path, form, by=buyer, If_Match='"1"')).status_code == 412
    assert (await shop.send("DELETE", item, by=buyer, If_Match=put.headers["etag"])).status_code == 204

    stock = f"/api/v1/products/{product}/stock"
    tag = (await shop.send("POST", stock, {"change": 1}, by=seller)).headers["etag"]
    low = await shop.send("PUT", f"{stock}/threshold", {"threshold": 2}, by=seller, If_Match=tag)
    assert low.status_code == 200
    late = await shop.send("PUT", f"{stock}/threshold", {"threshold": 3}, by=seller, If_Match=tag)
    assert (late.status_code, late.json()["code"]) == (412, "version-mismatch")

    order = f"/api/v1/orders/{(await shop.order(buyer, product))['id']}"
    tag = (await shop.send("GET", order, by=buyer)).headers["etag"]
    assert (await shop.send("PUT", f"{order}/cancel", {}, by=buyer, If_Match='"9"')).status_code == 412
    assert (await shop.send("PUT", f"{order}/cancel", {}, by=buyer, If_Match=tag)).status_code == 200


async def test_large_answers_are_compressed_for_who_takes_it(shop: Web) -> None:
    seller = await shop.login("seller")
    await shop.product(seller, description="brass " * 500)
    plain = await shop.send("GET", "/api/v1/products", Accept_Encoding="identity")
    async with shop.http.stream("GET", "/api/v1/products", headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2


async def test_paths_without_a_version_are_served_and_deprecated(shop: Web, product: str) -> None:
    answer = await shop.http.get(product.replace("/api/v1/", "/api/"))
    assert answer.status_code == 200
    assert answer.headers["deprecation"] == "true"
    assert answer.headers["link"] == f'<{product}>; rel="successor-version"'
    assert "deprecation" not in (await shop.http.get(product)).headers
    evil = await shop.http.get("/api/a%0d%0aSet-Cookie:x")
    assert evil.headers["link"] == '</api/v1/a%0D%0ASet-Cookie%3Ax>; rel="successor-version"'


async def test_what_the_client_does_not_take_is_not_sent(shop: Web, product: str) -> None:
    answer = await shop.http.get(product, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (406, "application/problem+json")


async def test_cors_is_for_the_origins_on_the_list(database: str, tmp_path: Path) -> None:
    async with web(database, tmp_path, CORS_ORIGINS="https://shop.example") as shop:
        good = await shop.http.get("/api/v1/products", headers={"Origin": "https://shop.example"})
        assert good.headers["access-control-allow-origin"] == "https://shop.example"
        assert "X-Position" in good.headers["access-control-expose-headers"]
        bad = await shop.http.get("/api/v1/products", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in bad.headers
        asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
        preflight = await shop.http.options("/api/v1/cart/items", headers=asked)
        assert "POST" in preflight.headers["access-control-allow-methods"]


async def test_a_stranger_has_a_hundred_requests_and_ten_guesses(database: str, tmp_path: Path) -> None:
    async with web(database, tmp_path, RATE_LIMITS="on") as shop:
        form = {"email": "ada@example.com", "password": "wrong password"}
        tries = [await shop.send("POST", "/api/v1/auth/login", form) for _ in range(11)]
        assert [each.status_code for each in tries] == [401] * 10 + [429]
        assert int(tries[-1].headers["retry-after"]) > 0
        assert tries[0].headers["ratelimit-limit"] == "10"
        rest = [await shop.http.get("/api/v1/products") for _ in range(90)]
        assert {each.status_code for each in rest[:89]} == {200}
        assert rest[-1].status_code == 429
        assert (await shop.http.get("/health/live")).status_code == 200


async def test_a_read_of_a_position_that_is_not_there_yet_is_told_to_wait(shop: Web) -> None:
    seller = await shop.login("seller")
    written = await shop.send("POST", "/api/v1/products", {"name": "x", "price": 5}, by=seller)
    assert written.headers["x-position"]
    future = "eyJjYXRhbG9ndWUtMCI6OTk5OTk5OTk5fQ"
    answer = await shop.send("GET", "/api/v1/products", X_Min_Position=future)
    assert (answer.status_code, answer.json()["code"]) == (503, "not-caught-up")
    assert answer.headers["retry-after"] == "1"
    assert (await shop.send("GET", "/api/v1/products", X_Min_Position="nonsense")).status_code == 422


async def test_a_seller_sees_what_it_has_just_written_without_asking(
    shop: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.positions.COURTESY", 30.0)
    seller = await shop.login("seller")
    for price in range(1, 15):
        product = await shop.product(seller, price=price)
        answer = await shop.http.get(f"/api/v1/products/{product}", headers={"Authorization": f"Bearer {seller}"})
        assert (answer.json()["price"], answer.headers.get("x-stale")) == (price, None)


async def test_cached_pages_show_what_was_written(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller, price=1)
    for price in range(2, 12):
        await shop.send("PATCH", f"/api/v1/products/{product}", {"price": price}, by=seller)
        waited = await shop.send("GET", f"/api/v1/products/{product}")
        kept = [await shop.http.get(f"/api/v1/products/{product}") for _ in range(2)]
        page = await shop.http.get("/api/v1/products")
        assert {each.json()["price"] for each in (waited, *kept)} == {price}
        assert page.json()["items"][0]["price"] == price
    await shop.send("DELETE", f"/api/v1/products/{product}", by=seller)
    await shop.send("GET", "/api/v1/products")
    assert (await shop.http.get(f"/api/v1/products/{product}")).status_code == 404


async def test_a_client_that_goes_away_while_sending_hurts_nobody(shop: Web) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/v1/auth/login", "query_string": b"", "headers": []}
    await shop.app(scope | {"client": ("1.2.3.4", 5)}, receive, send)
    assert sent[0]["status"] == 400


async def test_a_body_without_end_is_not_read_to_its_end(shop: Web) -> None:
    sent: list[Message] = []
    chunks = iter(range(1_000))

    async def receive() -> Message:
        next(chunks)
        return {"type": "http.request", "body": b" " * 65_536, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/v1/auth/login", "query_string": b"", "headers": []}
    await shop.app(scope | {"client": ("1.2.3.4", 5)}, receive, send)
    assert sent[0]["status"] == 413
    assert next(chunks) == 17


async def test_openapi_describes_every_route_and_every_reference_is_there(shop: Web) -> None:
    document = (await shop.http.get("/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    text = (await shop.http.get("/openapi.json")).text
    for name in {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}:
        assert name in document["components"]["schemas"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert operation["summary"]
        assert "500" in operation["responses"]
        assert any(status.startswith("2") for status in operation["responses"])
    assert document["paths"]["/api/v1/cart"]["post"]["deprecated"] is True
    assert document["components"]["schemas"]["ProductView"]["properties"]["price"] == {"type": "number"}


async def test_metrics_count_by_route_and_status(shop: Web) -> None:
    await shop.http.get(f"/api/v1/products/{uuid4()}")
    text = (await shop.http.get("/metrics")).text
    labels = 'method="GET",route="/api/v1/products/{product_id}",status="404"'
    assert f"till_http_request_seconds_count{{{labels}}}" in text


async def test_readiness_names_what_was_checked(shop: Web) -> None:
    answer = await shop.http.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert answer.json()["checks"]["database"] == "ok"
    await shop.services.pool.close()
    answer = await shop.http.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
