"""API processes that serve some contexts only, beside one that serves them all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace

import httpx

from api.app import create_app
from tests.support.web import Web


@asynccontextmanager
async def serving(shop: Web, *contexts: str) -> AsyncIterator[Web]:
    """Another API over the same shop."""
    settings = replace(shop.services.settings, api_contexts=contexts)
    app = create_app(settings=settings, services=nullcontext(replace(shop.services, settings=settings)))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as http,
    ):
        yield Web(app, shop.services, http, position=shop.position)


async def test_a_context_buys_over_all_of_them(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    product = await shop.product(seller)
    async with serving(shop, "ordering") as ordering:
        order = await ordering.order(buyer, product, 3)
        assert (await ordering.send("GET", f"/api/v1/orders/{order['orderId']}", by=buyer)).status_code == 200
        for method, path in (("GET", f"/products/{product}"), ("GET", "/cart"), ("POST", "/auth/login")):
            answer = await ordering.send(method, f"/api/v1{path}", by=buyer)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    stock = await shop.send("GET", "/api/v1/inventory", by=seller)
    assert [level["reserved"] for level in stock.json()["items"]] == [3]


async def test_what_operators_ask_for_is_everywhere_and_says_what_is_served(shop: Web) -> None:
    async with serving(shop, "payments", "inventory") as some:
        for path in ("/health/live", "/health/ready", "/metrics", "/docs"):
            assert (await some.send("GET", path)).status_code == 200
        document = (await some.send("GET", "/openapi.json")).json()
    tags = {tag for path in document["paths"].values() for operation in path.values() for tag in operation["tags"]}
    assert tags == {"payments", "inventory", "operations"}
    assert "PaymentView" in document["components"]["schemas"]
    assert "OrderView" not in document["components"]["schemas"]
