"""Paying over HTTP, with a provider that says yes, no, or nothing at all."""

from typing import Any

import httpx

from tests.support.web import ADDRESS, Web


async def pay(
    shop: Web, by: str, order: dict[str, Any], reference: str | None = None, **headers: str
) -> httpx.Response:
    form = {"orderId": order["id"], "method": "CARD"} | ({"transactionId": reference} if reference else {})
    return await shop.send("POST", "/api/v1/payments", form, by=by, **headers)


async def test_a_decline_may_be_tried_again(shop: Web) -> None:
    buyer, product = await shop.login(), await shop.product(await shop.login("seller"))
    order = await shop.order(buyer, product)
    declined = await pay(shop, buyer, order, "txn_decline_1")
    assert (declined.json()["status"], declined.json()["orderStatus"]) == ("failed", "pending_payment")
    again = await shop.send("POST", f"/api/v1/payments/{order['paymentId']}/retry", {}, by=buyer)
    assert (again.json()["status"], again.json()["attempt"], again.json()["orderStatus"]) == (
        "success",
        2,
        "processing",
    )
    twice = await pay(shop, buyer, order)
    assert (twice.status_code, twice.json()["code"]) == (409, "order-not-payable")


async def test_a_provider_that_does_not_answer_leaves_the_payment_pending(shop: Web) -> None:
    buyer, product = await shop.login(), await shop.product(await shop.login("seller"))
    order = await shop.order(buyer, product)
    silent = await pay(shop, buyer, order, "txn_timeout_1", Idempotency_Key="k")
    assert (silent.status_code, silent.json()["status"], silent.json()["orderStatus"]) == (
        201,
        "pending",
        "pending_payment",
    )
    assert (await pay(shop, buyer, order)).json()["code"] == "payment-in-flight"
    again = await pay(shop, buyer, order, "txn_timeout_1", Idempotency_Key="k")
    assert (again.json()["status"], again.json()["attempt"]) == ("success", 1)


async def test_cash_is_paid_at_the_door(shop: Web) -> None:
    buyer, product = await shop.login(), await shop.product(await shop.login("seller"))
    order = await shop.order(buyer, product)
    answer = await shop.send("POST", "/api/v1/payments", {"orderId": order["id"], "method": "cod"}, by=buyer)
    assert (answer.json()["status"], answer.json()["orderStatus"]) == ("pending", "pending")


async def test_a_seller_refunds_its_own_share_and_no_more(shop: Web) -> None:
    ada, seller, other = await shop.login(), await shop.login("seller"), await shop.login("seller")
    mine, theirs = await shop.product(seller, price=100), await shop.product(other, price=50)
    items = [{"productId": each, "quantity": 1} for each in (mine, theirs)]
    order = (await shop.send("POST", "/api/v1/orders", {"items": items}, by=ada)).json()
    await pay(shop, ada, order)
    own = (await shop.send("GET", f"/api/v1/orders/{order['id']}", by=seller)).json()
    assert (own["totalAmount"], own["originalAmount"], len(own["items"])) == (118, 100, 1)
    path = f"/api/v1/payments/{order['paymentId']}/refunds"
    much = await shop.send("POST", path, {"amount": 118.01, "reason": "Dented."}, by=seller)
    assert (much.status_code, much.json()["code"]) == (409, "refund-exceeds-payment")
    given = await shop.send("POST", path, {"amount": 118, "reason": "Dented."}, by=seller)
    assert (given.status_code, given.json()["status"]) == (201, "requested")
    assert b'"amount":118.00' in given.content
    assert (await shop.send("POST", path, {"amount": 1, "reason": "Mine."}, by=ada)).status_code == 403
    shown = await shop.send("GET", f"/api/v1/payments/{order['paymentId']}", by=ada)
    assert [each["amount"] for each in shown.json()["refunds"]] == [118]


async def test_a_cancelled_order_gives_its_stock_back_and_owes_its_money(shop: Web) -> None:
    buyer, product = await shop.login(), await shop.product(await shop.login("seller"))
    order = await shop.order(buyer, product, 3)
    await pay(shop, buyer, order)
    path = f"/api/v1/orders/{order['id']}"
    cancelled = await shop.send("PATCH", f"{path}/cancel", {"reason": "Ordered twice."}, by=buyer)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert cancelled.json()["cancelReason"] == "Ordered twice."
    assert cancelled.json()["shippingAddress"] == ADDRESS
    again = await shop.send("POST", f"{path}/cancel", by=buyer)
    assert (again.status_code, again.json()["code"]) == (409, "order-not-cancellable")
    assert (await shop.send("GET", f"/api/v1/products/{product}")).json()["available"] == 10
    payment = await shop.send("GET", f"/api/v1/payments/{order['paymentId']}", by=buyer)
    assert [each["status"] for each in payment.json()["refunds"]] == ["requested"]


async def test_orders_are_listed_by_role(shop: Web) -> None:
    buyers = [await shop.login() for _ in range(2)]
    sellers = [await shop.login("seller") for _ in range(2)]
    products = [await shop.product(by) for by in sellers]
    orders = [await shop.order(by, product) for by in buyers for product in products]
    for by, count in ((buyers[0], 2), (sellers[0], 2)):
        assert (await shop.send("GET", "/api/v1/orders", by=by)).json()["total"] == count
    page = (await shop.send("GET", "/api/v1/orders?limit=1", by=buyers[1])).json()
    rest = (await shop.send("GET", f"/api/v1/orders?limit=1&cursor={page['nextCursor']}", by=buyers[1])).json()
    assert [page["items"][0]["id"], rest["items"][0]["id"]] == [orders[3]["id"], orders[2]["id"]]
    assert (rest["page"], rest["nextCursor"]) == (None, None)
    none = await shop.send("GET", "/api/v1/orders?status=cancelled&from=2020-01-01&to=2030-01-01", by=buyers[0])
    assert none.json()["items"] == []
    assert (await shop.send("GET", "/api/v1/orders?status=lost", by=buyers[0])).status_code == 422


async def test_stock_is_changed_set_and_watched(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller, quantity=10)
    path = f"/api/v1/products/{product}/stock"
    changed = await shop.send("POST", path, {"change": -4, "reason": "Broken."}, by=seller)
    assert (changed.json()["onHand"], changed.json()["low"]) == (6, False)
    assert (await shop.send("POST", path, {"set": 3}, by=seller)).json()["low"] is True
    assert (await shop.send("POST", path, {"change": 1, "set": 3}, by=seller)).status_code == 422
    assert (await shop.send("POST", path, {"change": -4, "reason": "x"}, by=seller)).status_code in {409, 422}
    low = await shop.send("GET", "/api/v1/inventory/low", by=seller)
    assert [(each["productId"], each["available"]) for each in low.json()["items"]] == [(product, 3)]
    assert (await shop.send("PUT", f"{path}/threshold", {"threshold": 1}, by=seller)).json()["low"] is False
    assert (await shop.send("GET", "/api/v1/inventory/low", by=seller)).json()["items"] == []
    assert (await shop.send("GET", "/api/v1/inventory", by=seller)).json()["total"] == 1


async def test_attributes_are_merged_by_patch(shop: Web) -> None:
    seller = await shop.login("seller")
    path = f"/api/v1/products/{await shop.product(seller, attributes={'colour': 'brass', 'size': 'L'}, sku='K-1')}"
    patch = {"attributes": {"size": None, "weight": "1 kg"}, "sku": None}
    assert (await shop.send("PATCH", path, patch, by=seller)).json() | {"version": 0} == (
        await shop.send("GET", path)
    ).json() | {"version": 0}
    shown = (await shop.send("GET", path)).json()
    assert (shown["attributes"], shown["sku"]) == ({"colour": "brass", "weight": "1 kg"}, None)
    assert (await shop.send("PATCH", path, {"price": None}, by=seller)).status_code == 422
    replaced = await shop.send("PUT", path, {"name": "Pot", "price": 3}, by=seller)
    assert (replaced.json()["attributes"], replaced.json()["name"]) == ({}, "Pot")
    assert (await shop.send("DELETE", path, by=seller)).status_code == 204
    assert (await shop.send("GET", path)).status_code == 404
    restored = await shop.send("PATCH", path.replace("/products/", "/products/restore/"), by=seller)
    assert restored.status_code == 200
