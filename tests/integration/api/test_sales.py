"""Sale windows over HTTP: the price changes at the very instant, in cached answers too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from api.app import create_app
from tests.support.loops import FixedClock
from tests.support.web import Web

HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)


@asynccontextmanager
async def read_at(shop: Web, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """Another API process on the same shop, by a clock that says what it is told."""
    app = create_app(settings=shop.services.settings, services=nullcontext(replace(shop.services, clock=clock)))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as http,
    ):
        yield http


async def sale(shop: Web, by: str, product: str, start: datetime, end: datetime, percentage: float = 25) -> Any:
    form = {"start": start.isoformat(), "end": end.isoformat(), "percentage": percentage}
    return await shop.send("POST", f"/api/v1/products/{product}/sale", form, by=by)


async def test_a_sale_is_shown_and_counts_while_it_is_on(shop: Web) -> None:
    seller, now = await shop.login("seller"), shop.services.clock.now()
    product = await shop.product(seller, price=1000, discount=10)
    on = await sale(shop, seller, product, now - HOUR, now + HOUR)
    assert on.status_code == 201
    assert on.headers["location"] == f"/api/v1/products/{product}"
    shown = (await shop.send("GET", f"/api/v1/products/{product}")).json()
    assert shown == on.json()
    assert (shown["price"], shown["discount"], shown["salePercentage"], shown["effectivePrice"]) == (1000, 10, 25, 750)
    assert datetime.fromisoformat(shown["saleEnd"]) == now + HOUR
    assert (await shop.send("GET", "/api/v1/products?onSale=true&maxPrice=750")).json()["total"] == 1
    buyer = await shop.login()
    put = await shop.send("POST", "/api/v1/cart/items", {"productId": product, "quantity": 2}, by=buyer)
    assert put.json()["item"]["lineTotal"] == 1500
    over = await shop.send("DELETE", f"/api/v1/products/{product}/sale", by=seller)
    assert over.status_code == 204
    cart = (await shop.send("GET", "/api/v1/cart", by=buyer)).json()
    assert (cart["items"][0]["price"], cart["items"][0]["warning"]) == (900, "price-changed")
    again = await shop.send("DELETE", f"/api/v1/products/{product}/sale", by=seller)
    assert (again.status_code, again.json()["code"]) == (404, "not-found")


async def test_an_answer_that_is_kept_is_given_no_longer_than_its_prices_hold(shop: Web) -> None:
    seller, now = await shop.login("seller"), shop.services.clock.now()
    start, end = now + HOUR, now + 2 * HOUR
    product, other = await shop.product(seller, price=1000), await shop.product(seller, price=900)
    assert (await sale(shop, seller, product, start, end)).status_code == 201
    await shop.send("GET", f"/api/v1/products/{product}")
    paths = (f"/api/v1/products/{product}", "/api/v1/products?sort=price")
    clock, tags = FixedClock(start - INSTANT), list[str]()
    async with read_at(shop, clock) as http:
        for at, price in ((start - INSTANT, 1000), (start, 750), (end - INSTANT, 750), (end, 1000)):
            clock.time = at
            cheapest = (product, 750) if price == 750 else (other, 900)
            for _ in range(2):
                one, page = [await http.get(path) for path in paths]
                assert one.json()["effectivePrice"] == price
                first = page.json()["items"][0]
                assert (first["id"], first["effectivePrice"]) == cheapest
                tags.append(one.headers["etag"])
    assert [one == another for one, another in pairwise(tags)] == [True, False, True, True, True, False, True]


@pytest.mark.parametrize(
    ("start", "end", "percentage", "status", "code"),
    [
        (1, 1, 25, 422, "sale-window-invalid"),
        (-2, -1, 25, 422, "sale-window-invalid"),
        (1, 2, 0, 422, "sale-percentage-out-of-range"),
        (1, 2, 100, 422, "sale-percentage-out-of-range"),
        (1, 2, 100.5, 422, "validation-failed"),
        (5, 7, 25, 409, "sales-overlap"),
    ],
)
async def test_a_sale_that_cannot_be_is_refused(
    shop: Web, start: int, end: int, percentage: float, status: int, code: str
) -> None:
    seller, now = await shop.login("seller"), shop.services.clock.now()
    product = await shop.product(seller)
    assert (await sale(shop, seller, product, now + 6 * HOUR, now + 8 * HOUR)).status_code == 201
    refused = await sale(shop, seller, product, now + start * HOUR, now + end * HOUR, percentage)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_only_its_seller_and_admins_put_a_product_on_sale(shop: Web) -> None:
    seller, other, now = await shop.login("seller"), await shop.login("seller"), shop.services.clock.now()
    product = await shop.product(seller)
    assert (await sale(shop, other, product, now, now + HOUR)).status_code == 403
    assert (await sale(shop, await shop.login(), product, now, now + HOUR)).status_code == 403
    assert (await sale(shop, await shop.admin(), product, now, now + HOUR)).status_code == 201
