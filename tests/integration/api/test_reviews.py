"""Buyers say what they make of what was delivered to them, over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.web import Web


async def delivered(shop: Web, seller: str, product: str, *, to: str | None = None) -> str:
    """A buyer who has got it."""
    buyer = to or await shop.login()
    order = await shop.order(buyer, product)
    paid = await shop.send("POST", "/api/v1/payments", {"orderId": order["orderId"], "method": "upi"}, by=buyer)
    assert paid.status_code == 201, paid.text
    for status in ("shipped", "delivered"):
        path = f"/api/v1/orders/{order['orderId']}/status"
        moved = await shop.send("PATCH", path, {"status": status}, by=seller)
        assert moved.status_code == 200, moved.text
    return buyer


async def review(shop: Web, product: str, by: str, **form: Any) -> httpx.Response:
    return await shop.send("POST", f"/api/v1/products/{product}/reviews", {"rating": 4, **form}, by=by)


async def shown(shop: Web, product: str, query: str = "") -> dict[str, Any]:
    answer = await shop.send("GET", f"/api/v1/products/{product}/reviews{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_review_is_given_edited_listed_and_deleted(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    buyer = await delivered(shop, seller, product)
    given = await review(shop, product, buyer, text="Whistles.\nLoudly.")
    assert (given.status_code, given.headers["location"]) == (201, f"/api/v1/products/{product}/reviews")
    (listed,) = (await shown(shop, product))["items"]
    assert listed == given.json()
    assert (listed["name"], listed["rating"], listed["text"]) == ("Ada", 4, "Whistles.\nLoudly.")
    edited = await review(shop, product, buyer, rating=1, text="Leaks.")
    assert (edited.status_code, edited.json()["id"], edited.json()["version"]) == (200, listed["id"], 2)
    (listed,) = (await shown(shop, product))["items"]
    assert (listed["rating"], listed["text"]) == (1, "Leaks.")
    path = f"/api/v1/products/{product}/reviews/{listed['id']}"
    assert (await shop.send("DELETE", path, by=await shop.login())).status_code == 403
    assert (await shop.send("DELETE", path, by=buyer, If_Match='"1"')).status_code == 412
    assert (await shop.send("DELETE", path, by=buyer, If_Match=edited.headers["etag"])).status_code == 204
    assert (await shop.send("DELETE", path, by=buyer)).status_code == 404
    assert (await shown(shop, product))["items"] == []


async def test_who_was_not_delivered_it_has_no_say(shop: Web) -> None:
    seller = await shop.login("seller")
    product, other = await shop.product(seller), await shop.product(seller)
    buyer = await delivered(shop, seller, product)
    for response in (await review(shop, other, buyer), await review(shop, product, await shop.login())):
        assert (response.status_code, response.json()["code"]) == (409, "not-delivered")
    waiting = await shop.login()
    await shop.order(waiting, product)
    assert (await review(shop, product, waiting)).status_code == 409
    assert (await review(shop, product, seller)).status_code == 403
    assert (await shown(shop, product))["total"] == 0


async def test_reviews_come_newest_first_in_pages_and_by_rating(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    for rating in (5, 3, 5, 1):
        await review(shop, product, await delivered(shop, seller, product), rating=rating)
    page = await shown(shop, product, "?limit=3")
    assert [item["rating"] for item in page["items"]] == [1, 5, 3]
    assert (page["total"], page["pages"]) == (4, 2)
    rest = await shown(shop, product, f"?limit=3&cursor={page['nextCursor']}")
    assert ([item["rating"] for item in rest["items"]], rest["nextCursor"]) == ([5], None)
    assert [item["rating"] for item in (await shown(shop, product, "?limit=3&page=2"))["items"]] == [5]
    best = await shown(shop, product, "?rating=5")
    assert ([item["rating"] for item in best["items"]], best["total"]) == ([5, 5], 2)


async def test_the_same_review_twice_at_once_is_one(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    buyer = await delivered(shop, seller, product)
    answers = await asyncio.gather(*[review(shop, product, buyer, text="So.") for _ in range(8)])
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await shown(shop, product))["total"] == 1


async def test_the_name_of_who_was_forgotten_is_gone_and_the_review_stays(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    buyer = await delivered(shop, seller, product)
    await review(shop, product, buyer, text="Whistles.")
    async with shop.services.pool.connection() as connection:
        await connection.execute("UPDATE accounts_v1.account SET name_person = gen_random_uuid()")
    (listed,) = (await shown(shop, product))["items"]
    assert (listed["name"], listed["text"]) == (None, "Whistles.")


@pytest.mark.parametrize(
    "form",
    [
        {"rating": 0}, {"rating": 6}, {"rating": 4.5}, {"rating": "5"}, {"rating": True}, {"rating": 10**30},
        {"rating": None}, {"text": "a\u0000b"}, {"text": "x" * 5_001}, {"text": 5}, {"stars": 5},
    ],
)  # fmt: skip
async def test_what_is_no_review_is_refused(shop: Web, form: dict[str, Any]) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    buyer = await delivered(shop, seller, product)
    answer = await review(shop, product, buyer, **form)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(form))}"
    assert (await shown(shop, product))["total"] == 0


@pytest.mark.parametrize("query", ["?rating=0", "?rating=six", "?cursor=x", "?page=1&cursor=WzFd", "?stars=1"])
async def test_filters_that_there_are_not_are_refused(shop: Web, query: str) -> None:
    product = await shop.product(await shop.login("seller"))
    assert (await shop.send("GET", f"/api/v1/products/{product}/reviews{query}")).status_code == 422


async def test_reviews_of_what_is_not_in_the_catalogue_are_not_shown(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    await shop.send("DELETE", f"/api/v1/products/{product}", by=seller)
    for missing in (product, "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10", "kettle"):
        assert (await shop.send("GET", f"/api/v1/products/{missing}/reviews")).status_code == 404
