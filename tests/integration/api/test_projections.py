"""Read models and process managers, as admins see them, and rebuilds that they ask for."""

import asyncio
from typing import Any

import psycopg
import pytest

from infrastructure.bootstrap.tables import projections
from infrastructure.bootstrap.worker import rebuilder
from infrastructure.clock import SystemClock
from tests.support.waiting import until
from tests.support.web import Web

PROJECTIONS = "/api/v1/admin/projections"


async def seen(shop: Web, by: str) -> dict[str, dict[str, Any]]:
    answer = await shop.send("GET", PROJECTIONS, by=by)
    assert answer.status_code == 200, answer.text
    return {each["name"]: each for each in answer.json()["items"] if each["live"]}


async def test_every_projection_says_how_far_it_is(shop: Web) -> None:
    admin = await shop.admin()
    found = await seen(shop, admin)
    assert set(found) == {each.name for each in projections()}
    shown = await until(lambda: seen(shop, admin), lambda each: all(one["lag"] == 0 for one in each.values()))
    assert {each["status"] for each in shown.values()} == {"fed"}
    assert shown["catalogue"]["schema"] == "catalogue_v1"


async def test_a_projection_that_stopped_says_why(shop: Web, database: str) -> None:
    admin = await shop.admin()
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(
            "UPDATE till.tracking SET stopped = true WHERE schema_name = 'catalogue_v1' AND slot = 'catalogue-3'"
        )
        conn.execute(
            "INSERT INTO till.poison (schema_name, name, slot, position, stream, type, error, stopped_at, status)"
            " VALUES ('catalogue_v1', 'catalogue', 'catalogue-3', 7, gen_random_uuid(), 'x', 'boom', now(), 'stopped')"
        )
    catalogue = (await seen(shop, admin))["catalogue"]
    assert (catalogue["status"], catalogue["error"], catalogue["stopped"]) == ("stopped", "boom", ["catalogue-3 at 7"])


async def test_a_rebuild_is_carried_out_by_a_worker(shop: Web, database: str) -> None:
    admin = await shop.admin()
    product = await shop.product(await shop.login("seller"))
    asked = await shop.send("POST", f"{PROJECTIONS}/catalogue/rebuild", by=admin)
    assert (asked.status_code, asked.json()["status"]) == (202, "requested")
    again = await shop.send("POST", f"{PROJECTIONS}/catalogue/rebuild", by=admin)
    assert again.status_code == 202, "one that waits already is enough"
    assert (await seen(shop, admin))["catalogue"]["rebuild"]["status"] == "requested"
    stop = asyncio.Event()
    worker = asyncio.create_task(rebuilder(database, clock=SystemClock(), auto_advance=None).run(stop))
    done = await until(
        lambda: seen(shop, admin), lambda each: each["catalogue"]["rebuild"]["status"] == "done", seconds=30
    )
    stop.set()
    await worker
    assert (done["catalogue"]["schema"], done["catalogue"]["rebuild"]["id"]) == ("catalogue_v2", asked.json()["id"])
    assert done["catalogue"]["rebuild"]["finishedAt"] is not None
    assert (await shop.send("GET", f"/api/v1/products/{product}")).status_code == 200


async def test_two_workers_carry_it_out_once_and_one_that_died_is_succeeded(shop: Web, database: str) -> None:
    admin = await shop.admin()
    await shop.send("POST", f"{PROJECTIONS}/carts/rebuild", by=admin)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE till.rebuild_request SET status = 'running'")  # its worker died: nobody holds it
        workers = [rebuilder(database, clock=SystemClock(), auto_advance=None) for _ in range(2)]
        assert sum(await asyncio.gather(*(worker.run_waiting() for worker in workers))) == 1
        assert conn.execute("SELECT status FROM till.rebuild_request").fetchall() == [("done",)]
        assert await workers[0].run_waiting() == 0


async def test_a_rebuild_that_cannot_be_says_why(shop: Web, database: str) -> None:
    admin = await shop.admin()
    await shop.send("POST", f"{PROJECTIONS}/carts/rebuild", by=admin)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE till.rebuild_request SET name = 'gone'")
        await rebuilder(database, clock=SystemClock(), auto_advance=None).run_waiting()
        (row,) = conn.execute("SELECT status, error FROM till.rebuild_request").fetchall()
    assert (row[0], "gone" in row[1]) == ("failed", True)


@pytest.mark.parametrize("role", ["buyer", "seller"])
async def test_projections_are_for_admins(shop: Web, role: str) -> None:
    token = await shop.login(role)
    assert (await shop.send("GET", PROJECTIONS, by=token)).status_code == 403
    assert (await shop.send("POST", f"{PROJECTIONS}/carts/rebuild", by=token)).status_code == 403
    admin = await shop.admin()
    assert (await shop.send("POST", f"{PROJECTIONS}/unknown/rebuild", by=admin)).status_code == 404
