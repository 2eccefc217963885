"""How much there is of what, for those who sell it."""

from typing import Any

import pytest

from tests.support.web import Web


async def found(shop: Web, by: str, path: str = "") -> list[str]:
    """The products, in the list's order."""
    answer = await shop.send("GET", f"/api/v1/inventory{path}", by=by)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["items"])
    return [item["productId"] for item in answer.json()["items"]]


async def put(shop: Web, product: str, by: str, **form: Any) -> int:
    return (await shop.send("POST", f"/api/v1/products/{product}/stock", form, by=by)).status_code


async def test_levels_say_what_there_is_and_what_of_that_is_spoken_for(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    product = await shop.product(seller, quantity=10, threshold=6)
    await shop.order(buyer, product, 3)
    (level,) = (await shop.send("GET", "/api/v1/inventory", by=seller)).json()["items"]
    names = ("onHand", "reserved", "available", "threshold", "low", "name")
    assert tuple(level[name] for name in names) == (10, 3, 7, 6, False, "Kettle")
    await shop.order(buyer, product, 1)
    assert await found(shop, seller, "/low") == [product]
    moved = await shop.send("PUT", f"/api/v1/products/{product}/stock/threshold", {"threshold": 5}, by=seller)
    assert (moved.json()["low"], moved.json()["threshold"]) == (False, 5)
    assert await found(shop, seller, "/low") == []


async def test_lists_are_narrowed_to_what_is_asked_for(shop: Web) -> None:
    seller = await shop.login("seller")
    none, few, many = sorted([await shop.product(seller, quantity=number) for number in (0, 4, 40)])
    by_quantity = {level: product for product in (none, few, many) for level in [await _available(shop, product)]}
    none, few, many = by_quantity[0], by_quantity[4], by_quantity[40]
    assert await found(shop, seller, "?low=true") == sorted([none, few])
    assert await found(shop, seller, "?low=false") == [many]
    assert await found(shop, seller, "/low?minAvailable=1") == [few]
    assert await found(shop, seller, "?minAvailable=4&maxAvailable=39") == [few]
    assert await found(shop, seller, f"?productId={none}&productId={many}") == sorted([none, many])
    other = await shop.login("seller")
    await shop.product(other)
    assert len(await found(shop, other)) == 1
    assert await found(shop, other, f"?productId={none}") == []


async def test_a_seller_is_asked_for_by_itself_alone(shop: Web) -> None:
    seller, other = await shop.login("seller"), await shop.login("seller")
    await shop.product(seller)
    me = (await shop.send("GET", "/api/v1/users/me", by=seller)).json()["id"]
    assert len(await found(shop, seller, f"?seller={me}")) == 1
    assert (await shop.send("GET", f"/api/v1/inventory?seller={me}", by=other)).status_code == 403


@pytest.mark.parametrize(
    "query", ["?low=maybe", "?minAvailable=-1", "?productId=kettle", "?seller=me", "?cursor=x", "/low?low=false"]
)
async def test_filters_that_there_are_not_are_refused(shop: Web, query: str) -> None:
    seller = await shop.login("seller")
    assert (await shop.send("GET", f"/api/v1/inventory{query}", by=seller)).status_code == 422


async def test_stock_is_changed_or_set_and_never_below_what_is_spoken_for(shop: Web) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    product = await shop.product(seller, quantity=10)
    await shop.order(buyer, product, 4)
    assert await put(shop, product, seller, change=5, reason="Delivered.") == 200
    assert await put(shop, product, seller, set=4) == 200
    for form in ({"change": -1}, {"set": 3}):
        assert await put(shop, product, seller, **form) == 409, form
    assert await put(shop, product, await shop.login("seller"), set=9) == 403
    assert await _available(shop, product) == 0


@pytest.mark.parametrize(("method", "name"), [("PUT", "quantity"), ("PATCH", "quantity"), ("PATCH", "stockQuantity")])
async def test_an_edit_of_a_product_counts_its_stock_too(shop: Web, method: str, name: str) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    product = await shop.product(seller, quantity=10)
    await shop.order(buyer, product, 4)
    path, form = f"/api/v1/products/{product}", {"name": "Samovar", "price": 500}
    unchanged = await shop.send("GET", path)
    for status, code, count, headers in (
        (409, "stock-below-reserved", 3, {}),
        (412, "version-mismatch", 9, {"If_Match": '"2"'}),
        (422, "validation-failed", -1, {}), (422, "validation-failed", 10**9 + 1, {}),
        (422, "validation-failed", None, {}), (422, "validation-failed", 1.5, {}), (422, "validation-failed", True, {}),
    ):  # fmt: skip
        refused = await shop.send(method, path, form | {name: count}, by=seller, **headers)
        assert (refused.status_code, refused.json()["code"]) == (status, code), (count, headers)
    both = await shop.send(method, path, form | {"quantity": 9, "stockQuantity": 9}, by=seller)
    assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "/stockQuantity")
    assert (await shop.send("GET", path)).json() == unchanged.json()
    once = {"Idempotency_Key": "count", "If_Match": unchanged.headers["etag"]}
    counted = await shop.send(method, path, form | {name: 9}, by=seller, **once)
    assert counted.status_code == 200, counted.text
    assert await put(shop, product, seller, change=1) == 200
    latest = shop.position
    again = await shop.send(method, path, form | {name: 9}, by=seller, **once)
    shop.position = latest  # the stored answer says where the first one had written
    assert (again.json(), again.headers["idempotent-replayed"]) == (counted.json(), "true")
    shown = (await shop.send("GET", path)).json()
    assert (shown["name"], shown["quantity"], shown["available"]) == ("Samovar", 10, 6)
    assert (await shop.send(method, path, form, by=seller)).json()["quantity"] == 10


async def _available(shop: Web, product: str) -> int:
    return int((await shop.send("GET", f"/api/v1/products/{product}")).json()["available"])


@pytest.mark.parametrize(
    "form",
    [
        {}, {"change": 1, "set": 1}, {"change": 1.5}, {"change": True}, {"change": None}, {"change": 10**9},
        {"set": -1}, {"change": 1, "reason": "a\u0000b"}, {"change": 1, "reason": "x" * 501},
        {"change": 1, "reason": ""},
    ],
)  # fmt: skip
async def test_what_is_no_change_of_stock_is_refused(shop: Web, form: dict[str, Any]) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    assert await put(shop, product, seller, **form) == 422
    assert await _available(shop, product) == 10
