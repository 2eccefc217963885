"""What buyers say of products shows wherever products are shown, over HTTP."""

from typing import Any

import httpx
import pytest

from api.paging import cursor_of
from tests.integration.api.test_reviews import delivered, review
from tests.support.web import Web


async def plainly(shop: Web, path: str, *, if_none_match: bytes) -> httpx.Response:
    """As anybody asks, who may be given what was rendered before."""
    answer = await shop.http.get(f"/api/v1{path}", headers={b"if-none-match": if_none_match})
    assert answer.status_code in {200, 304}, answer.text
    return answer


async def rated(shop: Web, seller: str, *stars: int, **form: Any) -> str:
    """A product with these reviews."""
    product = await shop.product(seller, **form)
    for rating in stars:
        answer = await review(shop, product, await delivered(shop, seller, product), rating=rating)
        assert answer.status_code == 201, answer.text
    return product


async def names(shop: Web, query: str) -> list[str]:
    answer = await shop.send("GET", f"/api/v1/products?{query}")
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


@pytest.mark.parametrize("path", ["/products/{}", "/products", "/products/search?q=samovar"])
async def test_a_review_makes_kept_answers_anew(shop: Web, path: str) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller, name="Samovar")
    path = path.format(product)
    buyer = await delivered(shop, seller, product)
    before = b""
    for rating in (4, 5, 2):
        assert (await review(shop, product, buyer, rating=rating)).status_code < 300
        await shop.send("GET", f"/api/v1{path}")
        after = await plainly(shop, path, if_none_match=before)
        assert after.status_code == 200
        assert f'"rating":{rating}.00,"reviewCount":1' in after.text
        before = after.headers["etag"].encode()
        assert (await plainly(shop, path, if_none_match=before)).status_code == 304


async def test_the_catalogue_is_sorted_by_rating(shop: Web) -> None:
    seller = await shop.login("seller")
    for name, stars in (("good", (4, 5)), ("new", ()), ("bad", (1,)), ("best", (5,)), ("newer", ())):
        await rated(shop, seller, *stars, name=name)
    best, worst = await names(shop, "sort=-rating"), await names(shop, "sort=rating")
    assert (best[:3], worst[:3]) == (["best", "good", "bad"], ["bad", "good", "best"])
    assert set(best[3:]) == {"new", "newer"}
    assert worst[3:] == best[:2:-1]
    walked, cursor = list[str](), ""
    while True:
        page = (await shop.send("GET", f"/api/v1/products?sort=-rating&limit=2{cursor}")).json()
        walked += [item["name"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert walked == best


ANY = "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10"


@pytest.mark.parametrize(
    ("sort", "cursor"),
    [
        ("rating", cursor_of("-rating", 400, ANY)), ("rating", cursor_of("rating", "400", ANY)),
        ("rating", cursor_of("rating", 10**16, ANY)), ("rating", cursor_of("rating", -1, ANY)),
        ("rating", cursor_of("rating", True, ANY)), ("rating", cursor_of("rating", 4.5, ANY)),
        ("price", cursor_of("price", None, ANY)), ("name", cursor_of("name", None, ANY)),
        ("createdAt", cursor_of("createdAt", None, ANY)), ("discount", cursor_of("discount", 10**30, ANY)),
    ],
)  # fmt: skip
async def test_cursors_of_other_lists_are_refused(shop: Web, sort: str, cursor: str) -> None:
    answer = await shop.send("GET", f"/api/v1/products?sort={sort}&cursor={cursor}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/cursor")


@pytest.mark.parametrize(("sort", "value"), [("-rating", 10**15), ("discount", 10**15), ("rating", None)])
async def test_a_cursor_beyond_everything_ends_the_list(shop: Web, sort: str, value: int | None) -> None:
    await shop.product(await shop.login("seller"))
    cursor = cursor_of(sort, value, "ffffffff-ffff-ffff-ffff-ffffffffffff")
    answer = await shop.send("GET", f"/api/v1/products?sort={sort}&cursor={cursor}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["nextCursor"] is None


async def test_changes_of_a_product_answer_with_its_rating(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await rated(shop, seller, 4, 5)
    path = f"/api/v1/products/{product}"
    window = {"start": "2100-01-01T00:00:00Z", "end": "2100-02-01T00:00:00Z", "percentage": 5}
    await shop.send("GET", path)
    for method, where, body in (
        ("PATCH", path, {"price": 500}),
        ("PUT", path, {"name": "Kettle", "price": 400}),
        ("POST", f"{path}/sale", window),
        ("POST", f"{path}/restore", None),
    ):
        answer = (await shop.send(method, where, body, by=seller)).json()
        assert (answer["rating"], answer["reviewCount"]) == (4.5, 2), (method, where)
    created = await shop.send("POST", "/api/v1/products", {"name": "Urn", "price": 1}, by=seller)
    assert (created.json()["rating"], created.json()["reviewCount"]) == (None, 0)
