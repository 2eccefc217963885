"""Coupons over HTTP: what sellers and admins make of them."""

from typing import Any

import pytest

from tests.support.web import Web

FORM: dict[str, Any] = {
    "code": "Rose-10",
    "discountPercentage": 12.5,
    "validFrom": "2020-01-01T00:00:00Z",
    "validTo": "2999-01-01T00:00:00Z",
    "usageLimit": 50,
}
LIMITED = FORM | {"perCustomerLimit": 2, "minimumTotal": 999}
COUPONS = "/api/v1/coupons"


async def created(shop: Web, by: str, **changes: Any) -> dict[str, Any]:
    answer = await shop.send("POST", COUPONS, FORM | changes, by=by)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def codes(shop: Web, by: str, query: str = "") -> list[str]:
    answer = await shop.send("GET", f"{COUPONS}?{query}", by=by)
    assert answer.status_code == 200, answer.text
    return [each["code"] for each in answer.json()["items"]]


async def test_a_seller_creates_reads_switches_and_deletes_a_coupon(shop: Web) -> None:
    seller = await shop.login("seller")
    answer = await shop.send("POST", COUPONS, LIMITED, by=seller)
    assert answer.status_code == 201, answer.text
    coupon = answer.json()
    me = (await shop.send("GET", "/api/v1/users/me", by=seller)).json()["id"]
    assert answer.headers["location"] == f"{COUPONS}/Rose-10"
    assert coupon | LIMITED | {"usedCount": 0, "sellerId": me, "isActive": True, "currency": "INR"} == coupon
    assert b'"discountPercentage":12.50' in answer.content
    assert b'"minimumTotal":999.00' in answer.content

    tags = set()
    for written in ("Rose-10", "ROSE-10", "%EF%BC%B2ose-10"):
        shown = await shop.send("GET", f"{COUPONS}/{written}", by=seller)
        assert (shown.status_code, shown.json()) == (200, coupon)
        tags.add(shown.headers["etag"])
    (tag,) = tags

    off = await shop.send("PATCH", f"{COUPONS}/rose-10", {"isActive": False}, by=seller, If_Match=tag)
    assert (off.status_code, off.json()["isActive"], off.json()["version"]) == (200, False, 2)
    late = await shop.send("PATCH", f"{COUPONS}/rose-10", {"isActive": True}, by=seller, If_Match=tag)
    assert late.status_code == 412
    assert (await shop.send("GET", f"{COUPONS}/ROSE-10", by=seller)).json()["isActive"] is False

    assert (await shop.send("DELETE", f"{COUPONS}/rose-10", by=seller)).status_code == 204
    for method, body in (("GET", None), ("PATCH", {"isActive": True}), ("DELETE", None)):
        assert (await shop.send(method, f"{COUPONS}/rose-10", body, by=seller)).status_code == 404
    assert (await created(shop, seller, code="ROSE-10"))["code"] == "ROSE-10"


async def test_a_code_is_one_coupons_in_any_case_and_width(shop: Web) -> None:
    seller, other = await shop.login("seller"), await shop.login("seller")
    await created(shop, seller)
    for code in ("Rose-10", "ROSE-10", "\uff32ose-10", " rose-10 "):
        again = await shop.send("POST", COUPONS, FORM | {"code": code}, by=other)
        assert (again.status_code, again.json()["code"]) == (409, "coupon-code-taken"), code


async def test_sellers_see_their_own_coupons_and_admins_all(shop: Web) -> None:
    seller, other, buyer = await shop.login("seller"), await shop.login("seller"), await shop.login()
    admin = await shop.admin()
    for number, by in enumerate((seller, other, seller, admin)):
        await created(shop, by, code=f"NO-{number}")
    assert await codes(shop, seller) == ["NO-2", "NO-0"]
    assert await codes(shop, other) == ["NO-1"]
    assert await codes(shop, admin) == ["NO-3", "NO-2", "NO-1", "NO-0"]
    assert await codes(shop, admin, "limit=3&page=2") == ["NO-0"]
    page = (await shop.send("GET", f"{COUPONS}?limit=3", by=admin)).json()
    assert (page["total"], page["pages"]) == (4, 2)
    assert await codes(shop, admin, f"limit=3&cursor={page['nextCursor']}") == ["NO-0"]
    assert (await shop.send("GET", f"{COUPONS}/NO-3", by=admin)).json()["sellerId"] is None
    for code in ("NO-1", "NO-3"):
        for method, body in (("GET", None), ("PATCH", {"isActive": False}), ("DELETE", None)):
            assert (await shop.send(method, f"{COUPONS}/{code}", body, by=seller)).status_code == 404
    assert (await shop.send("GET", COUPONS, by=buyer)).status_code == 403
    assert (await shop.send("GET", f"{COUPONS}/NO-1", by=buyer)).status_code == 403
    assert (await shop.send("POST", COUPONS, FORM, by=buyer)).status_code == 403
    assert (await shop.send("GET", COUPONS)).status_code == 401


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"code": ""}, "/code"),
        ({"code": "\u0405AVE"}, "/code"),
        ({"code": "SA\u200bVE"}, "/code"),
        ({"code": "stra\u00dfe"}, "/code"),
        ({"code": "apply"}, "/code"),
        ({"code": "x" * 41}, "/code"),
        ({"code": "A/B"}, "/code"),
        ({"code": 7}, "/code"),
        ({"discountPercentage": 0}, "/discountPercentage"),
        ({"discountPercentage": 100.01}, "/discountPercentage"),
        ({"discountPercentage": 0.001}, "/discountPercentage"),
        ({"discountPercentage": True}, "/discountPercentage"),
        ({"discountPercentage": "10"}, "/discountPercentage"),
        ({"validFrom": "yesterday"}, "/validFrom"),
        ({"validTo": None}, "/validTo"),
        ({"usageLimit": 0}, "/usageLimit"),
        ({"usageLimit": 1.5}, "/usageLimit"),
        ({"usageLimit": 100_001}, "/usageLimit"),
        ({"perCustomerLimit": 0}, "/perCustomerLimit"),
        ({"minimumTotal": -1}, "/minimumTotal"),
        ({"minimumTotal": 1.001}, "/minimumTotal"),
        ({"usedCount": 3}, "/usedCount"),
    ],
)
async def test_a_coupon_that_makes_no_sense_is_refused_where_it_does_not(
    shop: Web, changes: dict[str, Any], pointer: str
) -> None:
    seller = await shop.login("seller")
    answer = await shop.send("POST", COUPONS, FORM | changes, by=seller)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert await codes(shop, seller) == []


async def test_a_window_has_a_length(shop: Web) -> None:
    seller = await shop.login("seller")
    window = {"validFrom": "2026-01-01T00:00:00Z", "validTo": "2026-01-01T05:30:00+05:30"}
    answer = await shop.send("POST", COUPONS, FORM | window, by=seller)
    assert (answer.status_code, answer.json()["code"]) == (422, "coupon-window-empty")


async def test_creating_a_coupon_is_repeatable_under_its_key(shop: Web) -> None:
    seller = await shop.login("seller")
    first = await shop.send("POST", COUPONS, FORM, by=seller, Idempotency_Key="once")
    again = await shop.send("POST", COUPONS, FORM, by=seller, Idempotency_Key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
