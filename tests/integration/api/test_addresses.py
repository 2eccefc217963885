"""Address books over HTTP."""

from typing import Any

from domain.accounts.address_book import MAX_ADDRESSES
from tests.support.web import Web

PATH = "/api/v1/users/me/addresses"
HOME = {"name": "Asha Rao", "line1": "12 Hidden Lane", "city": "Pune", "postalCode": "411001", "country": "IN"}


async def listed(shop: Web, by: str) -> list[dict[str, Any]]:
    answer = await shop.send("GET", PATH, by=by)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def added(shop: Web, by: str, **changes: object) -> dict[str, Any]:
    answer = await shop.send("POST", PATH, {**HOME, **changes}, by=by)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_addresses_come_and_go_and_one_is_the_default(shop: Web) -> None:
    buyer = await shop.login()
    assert await listed(shop, buyer) == []
    first, second = await added(shop, buyer), await added(shop, buyer, line1="2 Other Street")
    assert (first["isDefault"], second["isDefault"], first["name"]) == (True, False, "Asha Rao")
    assert [each["id"] for each in await listed(shop, buyer)] == [first["id"], second["id"]]
    form = {"line1": "3 New Street", "isDefault": True}
    changed = await shop.send("PUT", f"{PATH}/{second['id']}", form, by=buyer)
    assert (changed.json()["line1"], changed.json()["isDefault"], changed.json()["name"]) == ("3 New Street", True, "")
    assert [each["isDefault"] for each in await listed(shop, buyer)] == [False, True]
    assert (await listed(shop, buyer))[1] == changed.json()
    assert (await shop.send("DELETE", f"{PATH}/{second['id']}", by=buyer)).status_code == 204
    (left,) = await listed(shop, buyer)
    assert (left["id"], left["isDefault"]) == (first["id"], True)
    assert (await shop.send("DELETE", f"{PATH}/{second['id']}", by=buyer)).status_code == 404


async def test_nobody_reaches_another_persons_addresses(shop: Web) -> None:
    buyer, stranger = await shop.login(), await shop.login()
    home = await added(shop, buyer)
    await added(shop, stranger)
    for method, body in (("PUT", HOME), ("DELETE", None)):
        answer = await shop.send(method, f"{PATH}/{home['id']}", body, by=stranger)
        assert answer.status_code == 404
    assert (await shop.send("GET", PATH)).status_code == 401
    assert [each["id"] for each in await listed(shop, buyer)] == [home["id"]]


async def test_a_version_that_has_moved_on_is_told(shop: Web) -> None:
    buyer = await shop.login()
    home = await added(shop, buyer)
    path = f"{PATH}/{home['id']}"
    assert (await shop.send("PUT", path, HOME, by=buyer, If_Match=f'"{home["version"]}"')).status_code == 200
    assert (await shop.send("PUT", path, HOME, by=buyer, If_Match=f'"{home["version"]}"')).status_code == 412


async def test_a_repeated_request_adds_once(shop: Web) -> None:
    buyer = await shop.login()
    answers = [await shop.send("POST", PATH, HOME, by=buyer, Idempotency_Key="once") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await listed(shop, buyer)) == 1


async def test_a_book_has_an_end(shop: Web) -> None:
    buyer = await shop.login()
    for _ in range(MAX_ADDRESSES):
        await added(shop, buyer)
    answer = await shop.send("POST", PATH, HOME, by=buyer)
    assert (answer.status_code, answer.json()["code"]) == (409, "address-book-full")
    page = (await shop.send("GET", f"{PATH}?page=3", by=buyer)).json()
    assert (len(page["items"]), page["total"], page["pages"]) == (10, MAX_ADDRESSES, 3)


async def test_an_address_needs_a_line(shop: Web) -> None:
    answer = await shop.send("POST", PATH, {"city": "Pune"}, by=await shop.login())
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/line1")
