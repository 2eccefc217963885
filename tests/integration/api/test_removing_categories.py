"""Removing categories over HTTP: what stands in the way, and races that are planted."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from domain.shared.identifiers import CategoryId
from infrastructure.bootstrap.worker import executing
from infrastructure.clock import SystemClock
from tests.integration.api.test_categories import ROOT, add
from tests.support.waiting import until
from tests.support.web import Web, settings


class Interrupted(Exception):
    """The process dies between the two steps."""


class Later:
    """Two minutes on."""

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(minutes=2)


def plant(shop: Web, between: Callable[[], Awaitable[object]]) -> None:
    """Lets something happen between the closed door and the look behind it."""
    real = shop.services.category_products.count

    async def count(category: CategoryId, *, patience: timedelta) -> int:
        await between()
        return await real(category, patience=patience)

    vars(shop.services.category_products)["count"] = count


async def names(shop: Web) -> list[str]:
    return [each["name"] for each in (await shop.send("GET", ROOT)).json()["items"]]


async def test_an_empty_category_is_removed(shop: Web) -> None:
    admin = await shop.admin()
    kitchen, books = await add(shop, admin, "Kitchen"), await add(shop, admin, "Books")
    assert (await shop.send("DELETE", f"{ROOT}/{kitchen}", by=admin)).status_code == 204
    assert await names(shop) == ["Books"]
    assert (await shop.send("DELETE", f"{ROOT}/{kitchen}", by=admin)).status_code == 404
    assert (await shop.send("GET", f"{ROOT}/{kitchen}/products")).status_code == 404
    assert (await shop.send("DELETE", f"{ROOT}/{books}", by=admin, If_Match='"9"')).status_code == 412
    assert (await shop.send("DELETE", f"{ROOT}/{books}", by=await shop.login("seller"))).status_code == 403
    await add(shop, admin, "Kitchen")


async def test_one_with_products_or_others_below_it_stays_open(shop: Web) -> None:
    admin, seller = await shop.admin(), await shop.login("seller")
    kitchen = await add(shop, admin, "Kitchen")
    kettles = await add(shop, admin, "Kettles", parentId=kitchen)
    product = await shop.product(seller, category=kettles)
    for category in (kitchen, kettles):
        refused = await shop.send("DELETE", f"{ROOT}/{category}", by=admin)
        assert (refused.status_code, refused.json()["code"]) == (409, "category-not-empty")
    assert (await shop.send("PUT", f"{ROOT}/{kettles}", {"name": "Pots"}, by=admin)).status_code == 200
    await shop.send("DELETE", f"/api/v1/products/{product}", by=seller)
    assert (await shop.send("DELETE", f"{ROOT}/{kettles}", by=admin)).status_code == 409, "it may be put back"
    await shop.send("PATCH", f"/api/v1/products/{product}", {"category": None}, by=seller)
    for category in (kettles, kitchen):
        assert (await shop.send("DELETE", f"{ROOT}/{category}", by=admin)).status_code == 204


async def test_nothing_goes_in_behind_a_closed_door(shop: Web) -> None:
    admin, seller = await shop.admin(), await shop.login("seller")
    kitchen, product, answers = await add(shop, admin, "Kitchen"), await shop.product(seller), []

    async def move_in() -> None:
        form = {"name": "Pan", "price": 1, "category": kitchen}
        answers.append(await shop.send("PATCH", f"/api/v1/products/{product}", {"category": kitchen}, by=seller))
        answers.append(await shop.send("POST", "/api/v1/products", form, by=seller))
        answers.append(await shop.send("POST", ROOT, {"name": "Pans", "parentId": kitchen}, by=admin))

    plant(shop, move_in)
    assert (await shop.send("DELETE", f"{ROOT}/{kitchen}", by=admin)).status_code == 204
    assert [answer.json()["code"] for answer in answers] == ["category-is-closing"] * 3
    assert (await shop.send("GET", f"/api/v1/products/{product}")).json()["category"] is None


async def test_what_went_in_before_the_door_was_closed_is_seen(shop: Web) -> None:
    """Though the catalogue has not got to it by the time the door is closed."""
    admin, seller = await shop.admin(), await shop.login("seller")
    kitchen = await add(shop, admin, "Kitchen")
    held = await psycopg.AsyncConnection.connect(shop.services.settings.database_url or "")
    await held.execute("SELECT 1 FROM till.tracking WHERE schema_name LIKE 'catalogue_v%' FOR UPDATE")
    product = await shop.product(seller, category=kitchen)
    plant(shop, held.rollback)
    refused = await shop.send("DELETE", f"{ROOT}/{kitchen}", by=admin)
    assert (refused.status_code, refused.json().get("code")) == (409, "category-not-empty")
    assert (await shop.send("GET", f"/api/v1/products/{product}")).json()["category"]["name"] == "Kitchen"
    await held.close()


@pytest.mark.parametrize("with_a_product", [False, True])
async def test_a_removal_that_was_cut_off_is_ended_by_the_shop(
    shop: Web, database: str, tmp_path: Path, *, with_a_product: bool
) -> None:
    async def crash() -> None:
        raise Interrupted

    admin, seller = await shop.admin(), await shop.login("seller")
    kitchen = await add(shop, admin, "Kitchen")
    if with_a_product:
        await shop.product(seller, category=kitchen)
    plant(shop, crash)
    assert (await shop.send("DELETE", f"{ROOT}/{kitchen}", by=admin)).status_code == 500
    closed = await shop.send("PUT", f"{ROOT}/{kitchen}", {"name": "X"}, by=admin)
    assert closed.json()["code"] == "category-is-closing"
    async with executing(settings(database, tmp_path), database, clock=Later(), process="test") as executor:
        await until(executor.run_due, lambda done: done > 0)
    expected = 200 if with_a_product else 404
    assert (await shop.send("PUT", f"{ROOT}/{kitchen}", {"name": "X"}, by=admin)).status_code == expected
