"""The search over HTTP: words, filters, facets and pages, and questions that make no sense."""

from typing import Any

import pytest

from tests.support.web import Web

PATH = "/api/v1/products/search"


async def found(shop: Web, **asked: object) -> Any:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = await shop.send("GET", f"{PATH}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def fill(shop: Web) -> str:
    seller = await shop.login("seller")
    for number in range(1, 6):
        await shop.product(seller, name=f"Brass kettle {number}", price=number * 400, description="Boils")
    await shop.product(seller, name="Towel", price=90, description="Dries kettles", quantity=0)
    return seller


async def test_products_are_found_with_facets(shop: Web) -> None:
    await fill(shop)
    page = await found(shop, q="kettle")
    assert [item["name"] for item in page["items"]][-1] == "Towel"
    assert (page["total"], page["more"], page["page"], page["pages"], page["nextCursor"]) == (6, False, 1, 1, None)
    assert [each["count"] for each in page["facets"]["seller"]] == [6]
    assert page["facets"]["price"][0] == {"from": 0, "to": 100, "count": 1}
    assert sum(each["count"] for each in page["facets"]["price"]) == 6
    narrowed = await found(shop, q="kettle", minPrice="500", inStock="true")
    assert (narrowed["total"], narrowed["facets"]["price"][0]["from"]) == (4, 500)


async def test_pages_and_cursors_walk_it_all(shop: Web) -> None:
    await fill(shop)
    whole = [item["id"] for item in (await found(shop, q="ket"))["items"]]
    paged = [item["id"] for page in (1, 2, 3) for item in (await found(shop, q="ket", limit=2, page=page))["items"]]
    walked, cursor = list[str](), None
    while True:
        page = await found(shop, q="ket", limit=2, **({"cursor": cursor} if cursor else {}))
        walked += [item["id"] for item in page["items"]]
        if (cursor := page["nextCursor"]) is None:
            break
    assert whole == paged == walked
    assert len(set(whole)) == 5


async def test_an_answer_that_is_held_is_not_sent_again_until_something_changes(shop: Web) -> None:
    seller = await fill(shop)
    await found(shop, q="kettle")
    first = await shop.http.get(f"{PATH}?q=kettle")
    held = {"If-None-Match": first.headers["etag"]}
    assert (await shop.http.get(f"{PATH}?q=kettle", headers=held)).status_code == 304
    await shop.product(seller, name="Copper kettle", price=10)
    await found(shop, q="kettle")
    changed = await shop.http.get(f"{PATH}?q=kettle", headers=held)
    assert (changed.status_code, changed.json()["total"]) == (200, 7)


@pytest.mark.parametrize("q", ["%26%7C%21", "%27", "%2A%3A"])
async def test_signs_without_words_find_nothing(shop: Web, q: str) -> None:
    page = await found(shop, q=q)
    assert (page["items"], page["total"], page["facets"]) == ([], 0, {"category": [], "seller": [], "price": []})


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=", "q=%20", "q=" + "x" * 201, "q=a%00b", "q=a&sort=price", "q=a&page=0", "q=a&cursor=x", "q=a&colour=red",
        "q=a&page=1&cursor=WyJyZWxldmFuY2UiLDIwXQ", "q=a&cursor=WyJyZWxldmFuY2UiLC0xXQ", "q=a&q=b", "q=a&minPrice=x",
    ],
)  # fmt: skip
async def test_questions_that_make_no_sense_are_refused(shop: Web, query: str) -> None:
    answer = await shop.send("GET", f"{PATH}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
