"""Coupons in the hands of buyers: what they would take off, what they take off, and guessing at them."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.integration.api.test_coupons import FORM
from tests.support.web import Web, web

APPLY = "/api/v1/coupons/apply?code="


async def offered(shop: Web, by: str, **changes: Any) -> None:
    answer = await shop.send(
        "POST", "/api/v1/coupons", FORM | {"code": "SAVE", "discountPercentage": 10} | changes, by=by
    )
    assert answer.status_code == 201, answer.text


async def carted(shop: Web, buyer: str, product: str, quantity: int = 1) -> None:
    form = {"productId": product, "quantity": quantity}
    assert (await shop.send("POST", "/api/v1/cart/items", form, by=buyer)).status_code == 201


async def test_what_a_coupon_would_take_off_is_what_it_takes_off(shop: Web) -> None:
    seller, other, buyer = await shop.login("seller"), await shop.login("seller"), await shop.login()
    own, others = await shop.product(seller, price=333.33), await shop.product(other, price=100)
    await offered(shop, seller)
    await carted(shop, buyer, own, 2)
    await carted(shop, buyer, others)
    applied = await shop.send("GET", f"{APPLY}%EF%BC%B3ave", by=buyer)
    assert applied.status_code == 200, applied.text
    assert b'"originalTotal":766.66,"discountApplied":66.67,"discountedTotal":699.99' in applied.content
    shown = applied.json()
    assert (shown["code"], shown["discountPercentage"], shown["currency"]) == ("SAVE", 10, "INR")
    assert {item["productId"]: item["discount"] for item in shown["items"]} == {own: 66.67, others: 0}

    placed = await shop.send("POST", "/api/v1/checkout", {"couponCode": " save "}, by=buyer)
    assert placed.status_code == 201, placed.text
    assert b'"originalTotal":766.66,"discountApplied":66.67,"tax":126.00,"payableAmount":825.99' in placed.content
    order = (await shop.send("GET", placed.headers["location"], by=buyer)).json()
    assert (order["couponCode"], order["discountAmount"]) == ("SAVE", 66.67)
    assert {item["productId"]: item["discount"] for item in order["items"]} == {own: 66.67, others: 0}
    assert (await shop.send("GET", "/api/v1/coupons/SAVE", by=seller)).json()["usedCount"] == 1

    cancelled = await shop.send("POST", f"/api/v1/orders/{order['id']}/cancel", {}, by=buyer)
    assert (cancelled.status_code, cancelled.json()["couponCode"]) == (200, "SAVE")
    assert (await shop.send("GET", "/api/v1/coupons/SAVE", by=seller)).json()["usedCount"] == 0


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"validTo": "2020-02-01T00:00:00Z"}, "coupon-expired"),
    ({"validFrom": "2998-01-01T00:00:00Z"}, "coupon-not-yet-valid"),
    ({"minimumTotal": 875.01}, "coupon-minimum-not-met"),
]


@pytest.mark.parametrize(("changes", "code"), REFUSED)
async def test_a_refusal_is_explained_alike_before_and_at_checkout(
    shop: Web, changes: dict[str, Any], code: str
) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    await offered(shop, seller, **changes)
    await carted(shop, buyer, await shop.product(seller))
    await refused_alike(shop, buyer, code)


async def refused_alike(shop: Web, buyer: str, code: str, *, named: str = "SAVE", status: int = 409) -> None:
    applied = await shop.send("GET", APPLY + named, by=buyer)
    placed = await shop.send("POST", "/api/v1/checkout", {"couponCode": named}, by=buyer)
    assert (applied.status_code, applied.json()["code"]) == (status, code), applied.text
    assert (placed.status_code, placed.json()["code"]) == (status, code), placed.text
    assert applied.json()["detail"] == placed.json()["detail"]


async def test_what_becomes_of_a_coupon_is_explained_alike(shop: Web) -> None:
    seller, other, buyer = await shop.login("seller"), await shop.login("seller"), await shop.login()
    product = await shop.product(seller)
    await offered(shop, seller, usageLimit=2, perCustomerLimit=1)
    await offered(shop, other, code="OTHERS")
    await carted(shop, buyer, product)
    await refused_alike(shop, buyer, "coupon-unknown", named="NOBODYS", status=404)
    await refused_alike(shop, buyer, "coupon-not-applicable", named="OTHERS")
    bought = {"couponCode": "SAVE", "items": [{"productId": product, "quantity": 1}]}
    assert (await shop.send("POST", "/api/v1/orders", bought, by=buyer)).status_code == 201
    await refused_alike(shop, buyer, "coupon-used-up")
    assert (await shop.send("POST", "/api/v1/orders", bought, by=await shop.login())).status_code == 201
    await refused_alike(shop, buyer, "coupon-exhausted")
    off = await shop.send("PATCH", "/api/v1/coupons/SAVE", {"isActive": False}, by=seller)
    assert off.status_code == 200
    await refused_alike(shop, buyer, "coupon-inactive")
    assert (await shop.send("DELETE", "/api/v1/coupons/SAVE", by=seller)).status_code == 204
    await refused_alike(shop, buyer, "coupon-unknown", status=404)


async def test_nothing_is_taken_off_an_empty_cart(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    await offered(shop, seller)
    answer = await shop.send("GET", f"{APPLY}SAVE", by=buyer)
    assert (answer.status_code, answer.json()["code"]) == (409, "coupon-not-applicable")


async def test_only_buyers_apply_coupons_and_they_name_one(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    assert (await shop.send("GET", f"{APPLY}SAVE", by=seller)).status_code == 403
    missing = await shop.send("GET", "/api/v1/coupons/apply", by=buyer)
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/code")


async def test_a_coupon_for_everything_needs_no_payment(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    await offered(shop, seller, discountPercentage=100)
    await carted(shop, buyer, await shop.product(seller))
    placed = await shop.send("POST", "/api/v1/checkout", {"couponCode": "SAVE"}, by=buyer)
    order = placed.json()
    assert (order["payableAmount"], order["status"], order["paymentOptions"]) == (0, "processing", [])


async def test_codes_cannot_be_guessed_and_the_right_one_costs_no_guess(database: str, tmp_path: Path) -> None:
    async with web(database, tmp_path, RATE_LIMITS="on") as shop:
        seller, buyer = await shop.login("seller"), await shop.login()
        await offered(shop, seller)
        await carted(shop, buyer, await shop.product(seller))
        for _ in range(12):
            answer = await shop.send("GET", f"{APPLY}SAVE", by=buyer)
            assert answer.status_code == 200, answer.text
        tried = [shop.send("GET", f"{APPLY}NO-{number}", by=buyer) for number in range(8)]
        tried += [
            shop.send("POST", "/api/v1/checkout", {"couponCode": f"NO-{number}"}, by=buyer) for number in range(8)
        ]
        seen = Counter(answer.status_code for answer in await asyncio.gather(*tried))
        assert seen[404] <= 10
        assert seen == {404: seen[404], 429: 16 - seen[404]}
        late = await shop.send("POST", "/api/v1/checkout", {"couponCode": "SAVE"}, by=buyer)
        assert (late.status_code, late.json()["code"]) == (429, "rate-limited")
        assert late.headers["retry-after"]
        assert (await shop.send("POST", "/api/v1/checkout", {}, by=buyer)).status_code == 201
