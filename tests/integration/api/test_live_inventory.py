"""What there is of each product, told to those who listen, over a real server."""

from collections.abc import AsyncIterator

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.live import Listening, last_words, listening, snapshot, told
from tests.support.waiting import until
from tests.support.web import Web


@pytest.fixture
async def live(shop: Web) -> AsyncIterator[Listening]:
    async with listening(shop.services) as server:
        yield server


async def adjust(shop: Web, product: str, change: int, *, by: str) -> None:
    form = {"change": change, "reason": "Counted."}
    answer = await shop.send("POST", f"/api/v1/products/{product}/stock", form, by=by)
    assert answer.status_code == 200, answer.text


async def test_a_socket_tells_what_there_is_and_then_what_changes(shop: Web, live: Listening) -> None:
    seller, buyer = await shop.login("seller"), await shop.login()
    kettle, pot = await shop.product(seller), await shop.product(seller, quantity=3)
    async with live.socket() as socket:
        known = await snapshot(socket)
        while known != {kettle: 10, pot: 3}:
            message = await told(socket)
            known[message["productId"]] = message["available"]
        await shop.order(buyer, kettle, 4)
        message = await told(socket)
        assert message == {
            "type": "INVENTORY_UPDATE",
            "productId": kettle,
            "available": 6,
            "position": message["position"],
        }
        assert message["position"] > 0
        await adjust(shop, pot, -3, by=seller)
        message = await told(socket)
        assert (message["productId"], message["available"]) == (pot, 0)


async def test_a_client_is_told_of_the_products_it_names(shop: Web, live: Listening) -> None:
    seller = await shop.login("seller")
    kettle, pot, pan = [await shop.product(seller) for _ in range(3)]
    await caught_up(shop)
    async with live.socket(kettle, pan) as socket, live.events(pan) as events:
        assert await snapshot(socket) == {kettle: 10, pan: 10}
        assert await events.until_idle() == {pan: 10}
        for product in (pot, kettle, pan):
            await adjust(shop, product, 1, by=seller)
        seen = {(await told(socket))["productId"] for _ in range(2)}
        assert seen == {kettle, pan}
        assert await events.until_idle() == {pan: 11}


async def test_a_stream_goes_on_exactly_where_it_was_left(shop: Web, live: Listening) -> None:
    seller = await shop.login("seller")
    kettle, pot, pan = [await shop.product(seller) for _ in range(3)]
    await caught_up(shop)
    async with live.events() as events:
        assert events.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert await events.until_idle() == {kettle: 10, pot: 10, pan: 10}
        left = events.id
    await adjust(shop, kettle, -1, by=seller)
    await adjust(shop, kettle, -1, by=seller)
    await adjust(shop, pot, 5, by=seller)
    await caught_up(shop)
    async with live.events(after=left) as events:
        assert await events.until_idle() == {kettle: 8, pot: 15}
        left = events.id
    async with live.events(after=left) as events:
        assert await events.until_idle() == {}
        await adjust(shop, pan, 1, by=seller)
        assert await events.until_idle() == {pan: 11}


async def test_from_the_future_or_a_restored_log_everything_is_told_anew(shop: Web, live: Listening) -> None:
    seller = await shop.login("seller")
    kettle = await shop.product(seller)
    await caught_up(shop)
    async with live.events(after=str(10**17)) as events:
        assert await events.until_idle() == {kettle: 10}


@pytest.mark.parametrize("after", ["-1", "kettle", "1.5", "9" * 19, "0x10", "1 ", "٣"])
async def test_what_was_never_an_id_is_refused(shop: Web, live: Listening, after: str) -> None:
    answer = await shop.http.get("/api/v1/inventory/events", headers={b"Last-Event-ID": after.encode()})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")


@pytest.mark.parametrize("query", ["productId=kettle", "product=1", "productId=", "&".join(["productId=x"] * 101)])
async def test_what_names_no_product_is_refused(live: Listening, shop: Web, query: str) -> None:
    assert (await shop.http.get(f"/api/v1/inventory/events?{query}")).status_code == 422
    with pytest.raises(InvalidStatus) as refused:
        async with live.socket(path=f"/api/v1/inventory/live?{query}"):
            pass
    assert refused.value.response.status_code == 422


async def test_a_stop_of_the_server_ends_every_stream(shop: Web, live: Listening) -> None:
    await shop.product(await shop.login("seller"))
    async with live.socket() as socket, live.events() as events:
        await snapshot(socket)
        await events.until_idle()
        await live.stop()
        assert await last_words(socket) in {1001, 1012}
        await events.rest()

        async def open_connections() -> int:
            return len(live.server.server_state.connections)

        await until(open_connections, lambda count: count == 0)


async def test_the_head_of_a_stream_has_no_end_to_wait_for(live: Listening, shop: Web) -> None:
    answer = await shop.http.head("/api/v1/inventory/events")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_who_says_too_much_is_shown_the_door(shop: Web, live: Listening) -> None:
    async with live.socket() as socket:
        await snapshot(socket)
        for _ in range(101):
            await socket.send("?")
        assert await last_words(socket) == 1008


async def caught_up(shop: Web) -> None:
    """The levels show what was written last."""
    seller = await shop.login("seller")
    await shop.send("GET", "/api/v1/inventory", by=seller)
