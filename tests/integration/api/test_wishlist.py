"""A buyer's wishlist, over HTTP."""

from typing import Any

import pytest

from tests.support.web import Web

WISHLIST = "/api/v1/wishlist"


async def wishes(shop: Web, by: str) -> list[dict[str, Any]]:
    answer = await shop.send("GET", WISHLIST, by=by)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_wishes_are_shown_with_todays_price_and_availability(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    assert await wishes(shop, buyer) == []
    kettle = await shop.product(seller, discount=10)
    gone = await shop.product(seller, name="Pot", quantity=0)
    for product in (kettle, gone):
        await shop.send("POST", WISHLIST, {"productId": product}, by=buyer)
    added = await shop.send("POST", WISHLIST, {"productId": kettle}, by=buyer)
    assert (added.status_code, added.headers["location"]) == (201, WISHLIST)
    assert (added.json()["wishes"], added.json()["item"]["name"]) == (2, "Kettle")
    shown = await wishes(shop, buyer)
    fields = ("name", "price", "effectivePrice", "available", "warning")
    assert [tuple(wish[field] for field in fields) for wish in shown] == [
        ("Pot", 875, 875, 0, "out-of-stock"),
        ("Kettle", 875, 787.5, 10, None),
    ]
    await shop.send("DELETE", f"/api/v1/products/{gone}", by=seller)
    vanished = (await wishes(shop, buyer))[0]
    assert (vanished["productId"], vanished["name"], vanished["warning"]) == (gone, None, "not-available")
    assert await wishes(shop, await shop.login()) == []


async def test_a_wish_is_given_up_once(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    product = await shop.product(seller)
    added = await shop.send("POST", WISHLIST, {"productId": product}, by=buyer)
    stale = await shop.send("DELETE", f"{WISHLIST}/{product}", by=buyer, If_Match='"1"')
    assert stale.status_code == 412
    assert (await shop.send("DELETE", f"{WISHLIST}/{product}", by=await shop.login())).status_code == 404
    gone = await shop.send("DELETE", f"{WISHLIST}/{product}", by=buyer, If_Match=added.headers["etag"])
    assert gone.status_code == 204
    assert (await shop.send("DELETE", f"{WISHLIST}/{product}", by=buyer)).status_code == 404
    assert await wishes(shop, buyer) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"productId": "kettle"}, 422),
        ({"productId": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10"}, 404),
        ({"productId": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10", "quantity": 2}, 422),
    ],
)
async def test_what_is_no_product_cannot_be_wished_for(shop: Web, body: object, status: int) -> None:
    buyer = await shop.login()
    assert (await shop.send("POST", WISHLIST, body, by=buyer)).status_code == status
    assert await wishes(shop, buyer) == []


async def test_a_wishlist_is_for_buyers(shop: Web) -> None:
    assert (await shop.send("GET", WISHLIST)).status_code == 401
    seller = await shop.login("seller")
    assert (await shop.send("GET", WISHLIST, by=seller)).status_code == 403
    product = await shop.product(seller)
    assert (await shop.send("POST", WISHLIST, {"productId": product}, by=seller)).status_code == 403
