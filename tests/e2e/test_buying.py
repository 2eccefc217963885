"""The shop's main story, told over HTTP."""

from decimal import Decimal

from tests.support.caller import PASSWORD, Caller, check_out, listed, newcomer, pay
from tests.support.system import System, eventually

ADDRESS = {"name": "Ada", "line1": "12 MG Road", "city": "Bengaluru", "postalCode": "560001", "country": "IN"}


def test_a_newcomer_registers_fills_a_cart_checks_out_pays_and_reads_the_order_back(
    shop: System, seller: Caller
) -> None:
    product = listed(seller, price="875.00", quantity=10)
    with newcomer(shop.url, name="Ada Lovelace") as buyer:
        assert buyer.get("/users/me").expect(200)["name"] == "Ada Lovelace"
        line = buyer.post("/cart/items", {"productId": product, "quantity": 2}).expect(201)
        assert (line["lines"], line["total"]) == (1, Decimal("1750.00"))
        cart = buyer.get("/cart").expect(200)
        assert [(item["name"], item["quantity"], item["available"]) for item in cart["items"]] == [
            ("Brass kettle", 2, 10)
        ]
        order = buyer.post("/checkout", {"shippingAddress": ADDRESS}).expect(201)
        assert (order["originalTotal"], order["tax"], order["payableAmount"]) == (
            Decimal("1750.00"),
            Decimal("315.00"),
            Decimal("2065.00"),
        )
        paid = pay(buyer, order)
        assert (paid["status"], paid["orderStatus"]) == ("success", "processing")

        seen = buyer.get(f"/orders/{order['orderId']}").expect(200)
        assert (seen["status"], seen["totalAmount"], seen["shippingAddress"]) == (
            "processing",
            Decimal("2065.00"),
            ADDRESS,
        )
        assert [each["id"] for each in buyer.get("/orders").expect(200)["items"]] == [order["orderId"]]
        told = [entry["type"] for entry in buyer.get(f"/orders/{order['orderId']}/history").expect(200)["items"]]
        assert told == [
            "ordering.order-placed",
            "payments.payment-requested",
            "payments.payment-attempted",
            "payments.payment-succeeded",
            "ordering.order-confirmed",
        ]
        assert buyer.get("/cart").expect(200)["items"] == []
        assert buyer.get(f"/products/{product}").expect(200)["available"] == 8


def test_cancelling_gives_the_stock_and_the_money_back(buyer: Caller, seller: Caller, admin: Caller) -> None:
    product = listed(seller, quantity=3)
    order = check_out(buyer, product, 3)
    paid = pay(buyer, order)
    cancelled = buyer.post(f"/orders/{order['orderId']}/cancel", {"reason": "Ordered twice."}).expect(200)
    assert (cancelled["status"], cancelled["cancelReason"]) == ("cancelled", "Ordered twice.")
    assert buyer.get(f"/products/{product}").expect(200)["available"] == 3

    def refunded() -> bool:
        payment = admin.get(f"/payments/{paid['paymentId']}").expect(200)
        return bool(payment["status"] == "refunded" and payment["refunded"] == payment["amount"])

    eventually("the refund", refunded)


def test_an_admin_refunds_a_part_and_never_more_than_was_paid(buyer: Caller, seller: Caller, admin: Caller) -> None:
    order = check_out(buyer, listed(seller, price="100.00"), 1)
    path = f"/payments/{pay(buyer, order)['paymentId']}"
    refund = {"amount": Decimal("18.00"), "reason": "Dented."}
    admin.post(f"{path}/refunds", refund).expect(201)
    assert admin.post(f"{path}/refunds", refund | {"amount": Decimal("100.01")}).expect(409)["code"] == (
        "refund-exceeds-payment"
    )
    payment = eventually("the refund", lambda: _refunded(admin, path))
    assert (payment["status"], payment["refunded"]) == ("partially_refunded", Decimal("18.00"))


def _refunded(admin: Caller, path: str) -> dict[str, object] | None:
    payment: dict[str, object] = admin.get(path).expect(200)
    return payment if payment["refunded"] else None


def test_a_declined_payment_may_be_tried_again(buyer: Caller, seller: Caller) -> None:
    order = check_out(buyer, listed(seller), 1)
    declined = pay(buyer, order, transactionId="txn_decline_1")
    assert (declined["status"], declined["orderStatus"]) == ("failed", "pending_payment")
    again = buyer.post(f"/payments/{declined['paymentId']}/retry", {"transactionId": "txn_1"}).expect(201)
    assert (again["status"], again["orderStatus"], again["attempt"]) == ("success", "processing", 2)


def test_named_items_are_bought_without_touching_the_cart(buyer: Caller, seller: Caller) -> None:
    carted, bought = listed(seller), listed(seller)
    carting = buyer.post("/cart/items", {"productId": carted, "quantity": 1})
    order = buyer.post("/orders", {"items": [{"productId": bought, "quantity": 1}]}).expect(201)
    assert [item["productId"] for item in buyer.get(f"/orders/{order['id']}").expect(200)["items"]] == [bought]
    cart = buyer.get("/cart", x_min_position=carting.headers["x-position"])
    assert [item["productId"] for item in cart.expect(200)["items"]] == [carted]


def test_sessions_are_refreshed_and_ended(shop: System, buyer: Caller) -> None:
    tokens = buyer.post("/auth/refresh", {"refreshToken": _refresh_token(buyer)}).expect(200)
    buyer.token = tokens["accessToken"]
    buyer.get("/users/me").expect(200)
    buyer.post("/auth/logout-everywhere").expect(204)
    assert buyer.get("/users/me").status == 401
    assert buyer.post("/auth/refresh", {"refreshToken": tokens["refreshToken"]}).status == 401


def _refresh_token(buyer: Caller) -> str:
    email = buyer.get("/users/me").expect(200)["email"]
    token: str = buyer.log_in(email, PASSWORD)["refreshToken"]
    return token
