"""Figures of the shop, over HTTP: an admin sees all, a seller its own."""

from typing import Any

import pytest

from tests.support.web import Web

BASE = "/api/v1/admin/analytics"


async def figures(shop: Web, what: str, by: str) -> dict[str, Any]:
    answer = await shop.send("GET", f"{BASE}/{what}", by=by)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def bought(shop: Web, buyer: str, *products: str) -> str:
    """The order, paid."""
    items = [{"productId": product, "quantity": 2} for product in products]
    placed = await shop.send("POST", "/api/v1/orders", {"items": items}, by=buyer)
    assert placed.status_code == 201, placed.text
    order = str(placed.json()["orderId"])
    paid = await shop.send("POST", "/api/v1/payments", {"orderId": order, "method": "UPI"}, by=buyer)
    assert paid.json()["status"] == "success", paid.text
    return order


async def test_sales_revenue_and_orders_say_the_same(shop: Web) -> None:
    seller, other, buyer = await shop.login("seller"), await shop.login("seller"), await shop.login()
    admin = await shop.admin()
    kettle, pot = await shop.product(seller, price=100), await shop.product(other, name="Pot", price=50)
    await bought(shop, buyer, kettle, pot)
    gone = await bought(shop, buyer, kettle)
    await shop.send("POST", f"/api/v1/orders/{gone}/cancel", {"reason": "Twice."}, by=buyer)

    sales = await figures(shop, "sales", admin)
    assert (sales["orders"], sales["units"], sales["interval"]) == (2, 6, "day")
    assert sales["sold"] == sum(item["sold"] for item in sales["items"])
    assert sales["net"] == sales["sold"] - sales["returned"] == 354  # with 18 % tax
    own = await figures(shop, "sales", other)
    assert (own["orders"], own["units"], own["net"]) == (1, 2, 118)

    revenue = await figures(shop, "revenue", admin)
    assert revenue["received"] == sales["sold"]
    assert (await figures(shop, "revenue", seller))["net"] == 236

    top = await figures(shop, "top-products?by=units&limit=1", admin)
    assert len(top["items"]) == 1
    assert {item["productId"] for item in (await figures(shop, "top-products", seller))["items"]} == {kettle}

    orders = await figures(shop, "orders?interval=month", admin)
    assert (orders["placed"], orders["confirmed"], orders["cancelled"]) == (2, 2, 1)
    assert orders["averageOrderValue"] == sales["sold"] / 2

    users = await figures(shop, "users", admin)
    roles = {item["role"]: item["accounts"] for item in users["items"]}
    assert users["accounts"] == sum(roles.values()) >= 4
    assert roles["seller"] >= 2


@pytest.mark.parametrize("what", ["sales", "revenue", "top-products", "orders", "users"])
async def test_buyers_see_no_figures(shop: Web, what: str) -> None:
    assert (await shop.send("GET", f"{BASE}/{what}", by=await shop.login())).status_code == 403


async def test_sellers_do_not_see_who_comes(shop: Web) -> None:
    assert (await shop.send("GET", f"{BASE}/users", by=await shop.login("seller"))).status_code == 403


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("interval=hour", "/interval"),
        ("from=2026-11-02&to=2026-11-01", "/from"),
        ("from=0001-01-01&to=2026-11-01", "/from"),
        ("from=1990-01-01&to=2026-11-01", "/interval"),
        ("from=yesterday", "/from"),
        ("since=2026-11-01", "/since"),
    ],
)
async def test_a_span_without_sense_is_told(shop: Web, query: str, pointer: str) -> None:
    answer = await shop.send("GET", f"{BASE}/sales?{query}", by=await shop.admin())
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
