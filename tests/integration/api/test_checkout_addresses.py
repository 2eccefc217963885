"""Orders are sent to addresses of the buyer's address book, over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.api.test_addresses import HOME, PATH, added
from tests.support.web import Web


async def filled(shop: Web, seller: str, buyer: str) -> dict[str, Any]:
    """What orders a product; the cart holds it too."""
    product = await shop.product(seller)
    line = {"productId": product, "quantity": 1}
    assert (await shop.send("POST", "/api/v1/cart/items", line, by=buyer)).status_code < 300
    return {"items": [line]}


async def held(shop: Web, by: str) -> tuple[int, list[tuple[str, int]]]:
    """What the cart itself says; names and prices are another read model's."""
    cart = (await shop.send("GET", "/api/v1/cart", by=by)).json()
    return cart["version"], [(line["productId"], line["quantity"]) for line in cart["items"]]


async def placed(shop: Web, by: str, route: str = "/checkout", **form: object) -> httpx.Response:
    return await shop.send("POST", f"/api/v1{route}", form, by=by)


async def destination(shop: Web, by: str, answer: httpx.Response) -> Any:
    assert answer.status_code == 201, answer.text
    order = await shop.send("GET", f"/api/v1/orders/{answer.json()['orderId']}", by=by)
    return order.json()["shippingAddress"]


@pytest.mark.parametrize("route", ["/checkout", "/orders", "/orders/checkout"])
async def test_an_order_keeps_its_copy_of_an_address(shop: Web, route: str) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    await added(shop, buyer, line1="1 Default Street")
    home = await added(shop, buyer)
    form = await filled(shop, seller, buyer)
    answer = await placed(shop, buyer, route, addressId=home["id"], **(form if route == "/orders" else {}))
    assert await destination(shop, buyer, answer) == HOME
    path = f"{PATH}/{home['id']}"
    assert (await shop.send("PUT", path, {"line1": "9 New Street"}, by=buyer)).status_code == 200
    assert (await shop.send("DELETE", path, by=buyer)).status_code == 204
    assert await destination(shop, buyer, answer) == HOME


async def test_without_an_address_the_default_is_taken(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    form = await filled(shop, seller, buyer)
    assert await destination(shop, buyer, await placed(shop, buyer, "/orders", **form)) is None
    await added(shop, buyer)
    await added(shop, buyer, line1="2 Default Street", isDefault=True)
    for nothing in ({}, {"addressId": None, "shippingAddress": None}):
        answer = await placed(shop, buyer, "/orders", **form, **nothing)
        assert await destination(shop, buyer, answer) == HOME | {"line1": "2 Default Street"}
    given = await placed(shop, buyer, "/orders", **form, shippingAddress={"line1": "A friend's"})
    assert await destination(shop, buyer, given) == {"line1": "A friend's"}


@pytest.mark.parametrize("route", ["/checkout", "/orders", "/orders/checkout"])
async def test_an_address_that_is_not_the_buyers_changes_nothing(shop: Web, route: str) -> None:
    seller, buyer, stranger = await shop.login("seller"), await shop.login(), await shop.login()
    theirs, own = await added(shop, stranger), await added(shop, buyer)
    form = (await filled(shop, seller, buyer)) if route == "/orders" else {}
    if not form:
        await filled(shop, seller, buyer)
    before = await held(shop, buyer)
    for address, code in ((theirs["id"], "unknown-address"), (str(uuid4()), "unknown-address"),
                          ("home", "validation-failed"), (7, "validation-failed")):  # fmt: skip
        refused = await placed(shop, buyer, route, addressId=address, **form)
        assert (refused.status_code, refused.json()["code"]) == (422, code), address
        assert [each["pointer"] for each in refused.json()["errors"]] == ["/addressId"]
    both = await placed(shop, buyer, route, addressId=own["id"], shippingAddress=HOME, **form)
    assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "/addressId")
    assert await held(shop, buyer) == before
    assert (await shop.send("GET", "/api/v1/orders", by=buyer)).json()["total"] == 0


async def test_a_repeated_checkout_is_answered_though_the_address_is_gone(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    home = await added(shop, buyer)
    await filled(shop, seller, buyer)
    form = {"addressId": home["id"]}
    first = await shop.send("POST", "/api/v1/checkout", form, by=buyer, Idempotency_Key="once")
    assert (await shop.send("DELETE", f"{PATH}/{home['id']}", by=buyer)).status_code == 204
    again = await shop.send("POST", "/api/v1/checkout", form, by=buyer, Idempotency_Key="once")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    other = {"addressId": str(uuid4())}
    reused = await shop.send("POST", "/api/v1/checkout", other, by=buyer, Idempotency_Key="once")
    assert reused.json()["code"] == "idempotency-key-reused"
