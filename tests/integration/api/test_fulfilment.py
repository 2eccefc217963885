"""Orders on their way over HTTP: sellers move and cancel their own lines."""

from typing import Any

import pytest

from tests.support.web import ADDRESS, Web

FIELDS = {
    "id", "orderNumber", "buyerId", "items", "originalAmount", "discountAmount", "tax", "totalAmount", "currentAmount",
    "currency", "status", "shippingAddress", "cancelledBy", "cancelReason", "payBefore", "paymentId", "version",
    "createdAt", "updatedAt",
}  # fmt: skip
ITEM_FIELDS = {
    "productId", "name", "sellerId", "quantity", "priceAtPurchase", "discount", "tax", "lineTotal", "status",
}  # fmt: skip


class Shared:
    """An order of two sellers: a pot for 118.00 of the one, two cups for 59.00 of the other."""

    def __init__(self, shop: Web, buyer: str, sellers: list[str], order: dict[str, Any]) -> None:
        self.shop, self.buyer, self.sellers, self.order = shop, buyer, sellers, order
        self.path = f"/api/v1/orders/{order['id']}"

    async def pays(self, method: str = "CARD") -> None:
        form = {"orderId": self.order["id"], "method": method}
        assert (await self.shop.send("POST", "/api/v1/payments", form, by=self.buyer)).status_code == 201

    async def moves(self, status: str, by: str, **headers: str) -> tuple[int, dict[str, Any]]:
        answer = await self.shop.send("PATCH", f"{self.path}/status", {"status": status}, by=by, **headers)
        return answer.status_code, answer.json()

    async def shown(self, by: str) -> dict[str, Any]:
        return dict((await self.shop.send("GET", self.path, by=by)).json())


@pytest.fixture
async def shared(shop: Web) -> Shared:
    buyer, sellers = await shop.login(), [await shop.login("seller") for _ in range(2)]
    products = [await shop.product(by, price=price) for by, price in zip(sellers, (100, 25), strict=True)]
    items = [{"productId": each, "quantity": n} for n, each in enumerate(products, start=1)]
    form = {"items": items, "shippingAddress": ADDRESS}
    order = (await shop.send("POST", "/api/v1/orders", form, by=buyer)).json()
    return Shared(shop, buyer, sellers, order)


async def test_each_seller_sees_and_moves_its_own_part(shared: Shared) -> None:
    await shared.pays()
    one, two = shared.sellers
    code, answer = await shared.moves("SHIPPED", one)
    assert (code, answer["status"], answer["totalAmount"]) == (200, "shipped", 118)
    assert await shared.shown(one) == answer
    whole, other = await shared.shown(shared.buyer), await shared.shown(two)
    assert (whole["status"], [each["status"] for each in whole["items"]]) == ("processing", ["shipped", "processing"])
    assert (other["status"], other["totalAmount"], len(other["items"])) == ("processing", 59, 1)
    assert whole.keys() >= FIELDS
    assert all(each.keys() >= ITEM_FIELDS for each in whole["items"])
    for by, status, found in ((one, "shipped", 1), (two, "shipped", 0), (shared.buyer, "processing", 1)):
        page = await shared.shop.send("GET", f"/api/v1/orders?status={status}", by=by)
        assert page.json()["total"] == found


async def test_steps_are_taken_in_turn_and_by_those_who_may(shared: Shared) -> None:
    one, _ = shared.sellers
    assert (await shared.moves("shipped", one))[1]["code"] == "order-not-advanceable"
    await shared.pays()
    assert (await shared.moves("delivered", one))[0] == 409
    assert (await shared.moves("shipped", shared.buyer))[0] == 403
    stranger = await shared.shop.login("seller")
    assert (await shared.moves("shipped", stranger))[0] == 404
    for wrong in ("cancelled", "pending", "lost"):
        code, problem = await shared.moves(wrong, one)
        assert (code, problem["errors"][0]["pointer"]) == (422, "/status")
    assert (await shared.moves("shipped", one, If_Match='"1"'))[0] == 412
    assert (await shared.moves("shipped", one, If_Match='"2"'))[0] == 200
    assert (await shared.moves("shipped", one))[0] == 409


async def test_a_seller_cancels_its_own_lines_and_their_money_goes_back(shared: Shared) -> None:
    await shared.pays()
    _, two = shared.sellers
    cancelled = await shared.shop.send("POST", f"{shared.path}/cancel", {"reason": "Broken."}, by=two)
    assert cancelled.json()["status"] == "cancelled"
    assert (cancelled.json()["cancelReason"], cancelled.json()["currentAmount"]) == ("Broken.", 0)
    assert await shared.shown(two) == cancelled.json()
    whole = await shared.shown(shared.buyer)
    assert (whole["status"], whole["totalAmount"], whole["currentAmount"]) == ("processing", 177, 118)
    assert (whole["cancelledBy"], whole["cancelReason"]) == (None, None)
    payment = await shared.shop.send("GET", f"/api/v1/payments/{shared.order['paymentId']}", by=shared.buyer)
    assert [each["amount"] for each in payment.json()["refunds"]] == [59]
    refund = {"reason": "Once more."}
    path = f"/api/v1/payments/{shared.order['paymentId']}/refunds"
    assert (await shared.shop.send("POST", path, refund, by=two)).json()["code"] == "nothing-to-refund"


async def test_an_unpaid_order_costs_less_without_a_sellers_lines(shared: Shared) -> None:
    one, _ = shared.sellers
    await shared.shop.send("POST", f"{shared.path}/cancel", {"reason": "Broken."}, by=one)
    payment = await shared.shop.send("GET", f"/api/v1/payments/{shared.order['paymentId']}", by=shared.buyer)
    assert (payment.json()["amount"], payment.json()["status"]) == (59, "requested")
    await shared.pays()
    assert (await shared.shown(shared.buyer))["status"] == "processing"


async def test_cash_is_paid_when_all_is_delivered(shared: Shared) -> None:
    await shared.pays("COD")
    for status in ("processing", "shipped", "delivered"):
        for seller in shared.sellers:
            assert (await shared.moves(status, seller))[0] == 200
    payment = (await shared.shop.send("GET", f"/api/v1/payments/{shared.order['paymentId']}", by=shared.buyer)).json()
    assert (payment["status"], payment["method"], payment["transactionId"]) == ("succeeded", "COD", "cash")
    path = f"/api/v1/payments/{shared.order['paymentId']}/refunds"
    back = await shared.shop.send("POST", path, {"amount": 10, "reason": "Dented."}, by=shared.sellers[0])
    assert (back.status_code, back.json()["status"]) == (201, "succeeded")
    entries = (await shared.shop.send("GET", f"{shared.path}/history", by=shared.buyer)).json()["items"]
    assert {"ordering.order-lines-delivered", "payments.cash-handed-back"} <= {each["type"] for each in entries}
    assert all(each["actor"] and each["at"] for each in entries)


async def test_an_order_is_not_deleted_on_its_first_day(shared: Shared) -> None:
    await shared.pays()
    for by in (shared.buyer, await shared.shop.login()):
        refused = await shared.shop.send("DELETE", shared.path, by=by)
        assert refused.status_code == (409 if by == shared.buyer else 404)
    restored = await shared.shop.send("POST", f"{shared.path}/restore", by=shared.buyer)
    assert (restored.status_code, restored.json()["deletedAt"]) == (200, None)
    assert (await shared.shop.send("DELETE", shared.path, by=shared.sellers[0])).status_code == 403
    for text, total in (("?deleted=true", 0), ("?deleted=false", 1), ("", 1)):
        page = await shared.shop.send("GET", f"/api/v1/orders{text}", by=shared.buyer)
        assert page.json()["total"] == total
    assert (await shared.shop.send("GET", "/api/v1/orders?deleted=perhaps", by=shared.buyer)).status_code == 422


async def test_a_seller_is_not_told_what_others_do_with_their_lines(shared: Shared) -> None:
    await shared.pays()
    one, two = shared.sellers
    path = f"/api/v1/payments/{shared.order['paymentId']}/refunds"
    assert (await shared.shop.send("POST", path, {"amount": 5, "reason": "Dented."}, by=one)).status_code == 201
    await shared.moves("shipped", one)
    await shared.shop.send("POST", f"{shared.path}/cancel", {"reason": "Broken."}, by=two)

    async def told(by: str) -> list[str]:
        page = (await shared.shop.send("GET", f"{shared.path}/history", by=by)).json()
        assert page["total"] == len(page["items"])
        return [each["type"].partition(".")[2] for each in page["items"]]

    beginning = ["order-placed", "payment-requested", "payment-attempted", "payment-succeeded", "order-confirmed"]
    everything = [*beginning, "refund-requested", "order-lines-shipped", "order-lines-cancelled", "refund-requested"]
    assert sorted(await told(shared.buyer)) == sorted(everything)
    assert sorted(await told(one)) == sorted([*beginning, "refund-requested", "order-lines-shipped"])
    assert sorted(await told(two)) == sorted([*beginning, "order-lines-cancelled", "refund-requested"])
