"""Who may listen, how many, and what becomes of them when the database is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from websockets.exceptions import InvalidStatus

from tests.support.cutting import CUT
from tests.support.live import Listening, listening, snapshot, told
from tests.support.waiting import until
from tests.support.web import Web

CROWD = 1_000


@asynccontextmanager
async def serving(shop: Web, **settings: Any) -> AsyncIterator[Listening]:
    changed = replace(shop.services, settings=replace(shop.services.settings, **settings))
    async with listening(changed) as server:
        yield server


async def refusal(server: Listening, **options: Any) -> tuple[int, bytes]:
    with pytest.raises(InvalidStatus) as refused:
        await server.socket(**options)
    return refused.value.response.status_code, bytes(refused.value.response.body or b"")


async def test_pages_of_other_origins_may_listen_where_they_are_allowed(shop: Web) -> None:
    async with serving(shop, cors_origins=("https://shop.example",)) as server:
        status, body = await refusal(server, origin="https://other.example")
        assert status == 403
        assert b"origin-not-allowed" in body
        for origin in ("https://shop.example", server.http):
            async with server.socket(origin=origin) as socket:
                assert await snapshot(socket) == {}


async def test_so_many_may_listen_from_one_address(shop: Web) -> None:
    async with serving(shop, rate_limits=True) as server, AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(server.socket()) for _ in range(19)]
        async with server.events() as events:
            await events.until_idle()
            status, body = await refusal(server)
            assert status == 429
            assert b"too-many-streams" in body
            async with server.events() as another:
                assert another.answer.status_code == 429
        await sockets.pop().close()
        async with server.socket() as socket:
            assert await snapshot(socket) == {}


async def test_to_come_again_and_again_counts_as_requests(shop: Web) -> None:
    async with serving(shop, rate_limits=True) as server:
        for _ in range(100):
            async with server.socket():
                continue
        status, body = await refusal(server)
        assert status == 429
        assert b"rate-limited" in body


async def test_a_process_of_other_contexts_has_no_live_inventory(shop: Web) -> None:
    async with serving(shop, api_contexts=("catalogue",)) as server:
        assert (await refusal(server))[0] == 403
        async with server.events() as events:
            assert events.answer.status_code == 404
    async with serving(shop, api_contexts=("inventory",)) as server, server.socket() as socket:
        assert await snapshot(socket) == {}


async def test_the_former_path_leads_to_the_same(shop: Web) -> None:
    async with serving(shop) as server, server.socket(path="/api/inventory/live") as socket:
        assert await snapshot(socket) == {}


async def test_a_thousand_listen_and_each_is_told(shop: Web) -> None:
    seller = await shop.login("seller")
    kettle = await shop.product(seller)
    await shop.send("GET", "/api/v1/inventory", by=seller)
    async with serving(shop) as server, AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(server.socket(kettle, compression=None, ping_interval=None))
            for _ in range(CROWD)
        ]
        assert [await snapshot(socket) for socket in sockets] == [{kettle: 10}] * CROWD
        form = {"change": -1, "reason": "Broken."}
        await shop.send("POST", f"/api/v1/products/{kettle}/stock", form, by=seller)
        assert [(await told(socket))["available"] for socket in sockets] == [9] * CROWD
        await server.stop()
        async with asyncio.timeout(10):
            await asyncio.gather(*(socket.wait_closed() for socket in sockets))


async def test_who_listens_goes_on_when_the_database_comes_back(shop: Web, database: str) -> None:
    seller = await shop.login("seller")
    kettle = await shop.product(seller)
    await shop.send("GET", "/api/v1/inventory", by=seller)
    async with serving(shop) as server, server.socket() as socket, server.events() as events:
        assert await snapshot(socket) == await events.until_idle() == {kettle: 10}
        for available in (9, 8, 7):
            with psycopg.connect(database, autocommit=True) as connection:
                connection.execute(CUT)
            await insist(shop, f"/api/v1/products/{kettle}/stock", {"set": available, "reason": "x"}, by=seller)
            assert (await told(socket))["available"] == available
            assert await events.until_idle() == {kettle: available}


async def insist(shop: Web, path: str, form: object, *, by: str) -> None:
    """As a careful client: what was not executed is asked for again, under one key."""

    async def status() -> int:
        return (await shop.send("POST", path, form, by=by, Idempotency_Key=str(form))).status_code

    await until(status, lambda status: status not in {503, 504})
    assert await status() == 200
