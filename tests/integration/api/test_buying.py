"""A buyer buys, over HTTP."""

from tests.support.web import Web


async def test_a_buyer_registers_fills_a_cart_checks_out_pays_and_reads_the_order_back(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    product = await shop.product(seller, discount=10)
    added = await shop.send("POST", "/api/v1/cart/items", {"productId": product, "quantity": 2}, by=buyer)
    assert added.status_code == 201, added.text
    assert b'"lineTotal":1575.00' in added.content
    cart = await shop.send("GET", "/api/v1/cart", by=buyer)
    assert (cart.json()["total"], cart.json()["items"][0]["quantity"]) == (1575.00, 2)
    assert b'"price":787.50,"fullPrice":875.00,"lineTotal":1575.00' in cart.content

    placed = await shop.send("POST", "/api/v1/checkout", {"shippingAddress": {"line1": "12 MG Road"}}, by=buyer)
    assert placed.status_code == 201, placed.text
    order = placed.json()
    assert b'"payableAmount":1858.50' in placed.content
    assert placed.headers["location"] == f"/api/v1/orders/{order['orderId']}"

    paid = await shop.send("POST", "/api/v1/payments", {"orderId": order["orderId"], "method": "upi"}, by=buyer)
    assert paid.status_code == 201, paid.text
    assert (paid.json()["status"], paid.json()["orderStatus"]) == ("success", "processing")

    shown = await shop.send("GET", placed.headers["location"], by=buyer)
    assert shown.json()["status"] == "processing"
    assert shown.json()["shippingAddress"] == {"line1": "12 MG Road"}
    assert b'"totalAmount":1858.50' in shown.content
    history = await shop.send("GET", f"{placed.headers['location']}/history", by=buyer)
    assert [entry["type"] for entry in history.json()["items"]] == [
        "ordering.order-placed",
        "payments.payment-requested",
        "payments.payment-attempted",
        "payments.payment-succeeded",
        "ordering.order-confirmed",
    ]
    payment = await shop.send("GET", f"/api/v1/payments/{order['paymentId']}", by=buyer)
    assert payment.json()["status"] == "succeeded"
    assert (await shop.send("GET", "/api/v1/cart", by=buyer)).json()["items"] == []
    stock = await shop.send("GET", f"/api/v1/products/{product}")
    assert (stock.json()["quantity"], stock.json()["available"]) == (10, 8)
