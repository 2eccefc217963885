"""The pull feed over HTTP: in order, without a gap, and without what concerns nobody else."""

import asyncio
from typing import Any

import psycopg
import pytest

from infrastructure.eventstore.registry import CATEGORIES
from tests.support.web import Web

EVENTS = "/api/v1/events"
_PROMISED = """
SELECT e.originator_id || ':' || e.originator_version FROM till.stored_events e
 WHERE split_part(e.topic, ':', 1) = ANY(%s) ORDER BY notification_id
"""


async def read(shop: Web, by: str, *, limit: int = 100, after: int = 0) -> list[dict[str, Any]]:
    """The whole feed from there, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        answer = await shop.send("GET", f"{EVENTS}?after={after}&limit={limit}", by=by)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        if page["next"] == page["last"]:
            return found
        after = page["next"]


async def bought(shop: Web) -> None:
    seller = await shop.login("seller")
    await shop.order(await shop.login(), await shop.product(seller))


async def test_the_feed_is_the_log_without_the_people(shop: Web, database: str) -> None:
    await bought(shop)
    admin = await shop.admin()
    events = await read(shop, admin, limit=2)
    shown = [kind.topic for each in CATEGORIES for kind in each.events if each.family in {"orders", "catalogue"}]
    with psycopg.connect(database) as conn:
        promised = [name for (name,) in conn.execute(_PROMISED, (shown,))]
    assert [each["id"] for each in events] == promised
    assert [each["sequence"] for each in events] == list(range(1, len(events) + 1))
    (placed,) = (each for each in events if each["type"] == "ordering.order-placed")
    assert placed["data"]["shipping_address"] is None
    assert placed["partitionkey"] == placed["subject"]


async def test_a_number_once_given_stays(shop: Web, database: str) -> None:
    """Whoever gives it, and however often it has to be given again."""
    admin = await shop.admin()
    await bought(shop)
    first = await read(shop, admin)
    await bought(shop)
    reads = await asyncio.gather(*(read(shop, admin, limit=3) for _ in range(5)))
    assert all(each == reads[0] and each[: len(first)] == first for each in reads)
    with psycopg.connect(database) as conn:
        conn.execute("TRUNCATE till.feed")
        conn.execute("UPDATE till.feed_head SET sequence = 0, position = 0")
    assert await read(shop, admin) == reads[0]


async def test_what_newer_code_wrote_is_left_to_newer_code(shop: Web, database: str) -> None:
    """An older process beside it must not number over what it does not know."""
    admin = await shop.admin()
    await bought(shop)
    with psycopg.connect(database) as conn:
        row = conn.execute(
            "UPDATE till.stored_events SET topic = 'ordering.order-gilded:1' WHERE topic = 'ordering.order-placed:1'"
            " RETURNING notification_id, originator_id"
        ).fetchone()
        assert row is not None
    answer = await shop.send("GET", f"{EVENTS}?limit=100", by=admin)
    assert (answer.status_code, answer.json()["code"]) == (503, "not-caught-up")
    shop.position = {}
    answer = await shop.send("GET", f"{EVENTS}?limit=100", by=admin)
    assert answer.headers["x-stale"] == "true"
    before = answer.json()
    with psycopg.connect(database) as conn:
        assert conn.execute("SELECT position FROM till.feed_head").fetchone() == (row[0] - 1,)
        conn.execute(
            "UPDATE till.stored_events SET topic = 'ordering.order-placed:1' WHERE notification_id = %s", (row[0],)
        )
    after = await read(shop, admin)
    assert after[: before["last"]] == before["items"]
    assert "ordering.order-placed" in {each["type"] for each in after[before["last"] :]}


@pytest.mark.parametrize("query", ["after=-1", "after=9223372036854775808", "after=x", "limit=0", "limit=101"])
async def test_what_is_no_number_is_not_understood(shop: Web, query: str) -> None:
    assert (await shop.send("GET", f"{EVENTS}?{query}", by=await shop.admin())).status_code == 422


async def test_the_feed_is_for_admins_and_their_programs(shop: Web) -> None:
    admin = await shop.admin()
    for role in ("buyer", "seller"):
        assert (await shop.send("GET", EVENTS, by=await shop.login(role))).status_code == 403
    key = (await shop.send("POST", "/api/v1/admin/api-keys", {"name": "ERP"}, by=admin)).json()["key"]
    answer = await shop.send("GET", f"{EVENTS}?after=9223372036854775807", X_API_Key=key)
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert answer.json()["next"] == 9223372036854775807
