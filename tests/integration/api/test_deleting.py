"""Deleting accounts over HTTP: what stands in the way, what is gone afterwards, and races that are planted."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from application.ports.open_orders import OpenOrder
from domain.shared.identifiers import AccountId
from infrastructure.bootstrap.worker import executing
from infrastructure.clock import SystemClock
from tests.support.waiting import until
from tests.support.web import PASSWORD, Web, settings

ME = "/api/v1/users/me"


class Interrupted(Exception):
    """The process dies between the two steps."""


def plant(shop: Web, between: Callable[[], Awaitable[None]]) -> None:
    """Lets something happen between the closed door and the look behind it."""
    real = shop.services.open_orders.of

    async def of(account: AccountId, *, patience: timedelta) -> tuple[OpenOrder, ...]:
        await between()
        return await real(account, patience=patience)

    vars(shop.services.open_orders)["of"] = of


async def test_who_is_deleted_is_gone_at_once(shop: Web) -> None:
    email = f"{uuid4().hex}@example.com"
    buyer, admin = await shop.login(email=email), await shop.admin()
    tokens = (await shop.send("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD})).json()
    account = (await shop.send("GET", ME, by=buyer)).json()["id"]
    assert (await shop.send("DELETE", ME, by=buyer)).status_code == 204
    assert (await shop.send("GET", ME, by=buyer)).status_code == 401
    assert (await shop.send("PATCH", ME, {"name": "Eve"}, by=buyer)).status_code in {401, 403}
    login = await shop.send("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD})
    assert login.status_code == 401
    refreshed = await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": tokens["refreshToken"]})
    assert refreshed.status_code == 401
    async with shop.services.pool.connection() as connection:
        for table, column in (
            ("credential", "account_id"),
            ("refresh_token", "account_id"),
            ("person_key", "person_id"),
        ):
            rows = await connection.execute(f"SELECT count(*) FROM till.{table} WHERE {column} = %s", (account,))
            assert await rows.fetchone() == (0,), table
    assert (await shop.send("DELETE", f"/api/v1/users/{account}", by=admin)).status_code == 404
    await shop.login(email=email)


async def test_who_has_undelivered_orders_stays(shop: Web) -> None:
    buyer, admin = await shop.login(), await shop.admin()
    order = await shop.order(buyer, await shop.product(await shop.login("seller")))
    refused = await shop.send("DELETE", ME, by=buyer)
    assert (refused.status_code, refused.json()["code"]) == (409, "undelivered-orders")
    assert order["orderNumber"] in refused.json()["errors"][0]["message"]
    assert (await shop.send("GET", ME, by=buyer)).json()["status"] == "active"
    cancelled = await shop.send("POST", f"/api/v1/orders/{order['orderId']}/cancel", {"reason": "No."}, by=buyer)
    assert cancelled.status_code == 200
    assert (await shop.send("DELETE", ME, by=buyer)).status_code == 204
    kept = (await shop.send("GET", f"/api/v1/orders/{order['orderId']}", by=admin)).json()
    assert (kept["shippingAddress"], kept["totalAmount"]) == (None, order["payableAmount"])


async def test_a_seller_with_undelivered_lines_stays(shop: Web) -> None:
    seller = await shop.login("seller")
    await shop.order(await shop.login(), await shop.product(seller))
    assert (await shop.send("DELETE", ME, by=seller)).json()["code"] == "undelivered-orders"


async def test_a_seller_with_products_for_sale_stays(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    refused = await shop.send("DELETE", ME, by=seller)
    assert (refused.status_code, refused.json()["code"]) == (409, "products-for-sale")
    assert (await shop.send("DELETE", f"/api/v1/products/{product}", by=seller)).status_code == 204
    assert (await shop.send("DELETE", ME, by=seller)).status_code == 204


async def test_only_admins_delete_others(shop: Web) -> None:
    buyer, other, admin = await shop.login(), await shop.login(), await shop.admin()
    account = (await shop.send("GET", ME, by=buyer)).json()["id"]
    assert (await shop.send("DELETE", f"/api/v1/users/{account}", by=other)).status_code == 403
    assert (await shop.send("DELETE", f"/api/v1/users/{account}")).status_code == 401
    assert (await shop.send("DELETE", f"/api/v1/users/{uuid4()}", by=admin)).status_code == 404
    assert (await shop.send("DELETE", f"/api/v1/users/{account}", by=admin, If_Match='"9"')).status_code == 412
    assert (await shop.send("DELETE", f"/api/v1/users/{account}", by=admin, If_Match='"2"')).status_code == 204


async def test_a_repeated_request_is_answered_alike(shop: Web) -> None:
    buyer, admin = await shop.login(), await shop.admin()
    account = (await shop.send("GET", ME, by=buyer)).json()["id"]
    path = f"/api/v1/users/{account}"
    order = await shop.order(buyer, await shop.product(await shop.login("seller")))
    first = await shop.send("DELETE", path, by=admin, Idempotency_Key="one")
    await shop.send("POST", f"/api/v1/orders/{order['orderId']}/cancel", {"reason": "No."}, by=buyer)
    again = await shop.send("DELETE", path, by=admin, Idempotency_Key="one")
    assert (first.status_code, again.status_code) == (409, 409)
    assert first.json()["errors"] == again.json()["errors"]
    for _ in range(2):
        assert (await shop.send("DELETE", path, by=admin, Idempotency_Key="two")).status_code == 204


async def test_nobody_checks_out_behind_a_closed_door(shop: Web) -> None:
    buyer, product = await shop.login(), await shop.product(await shop.login("seller"))
    answers = []

    async def check_out() -> None:
        form = {"items": [{"productId": product, "quantity": 1}]}
        answers.append(await shop.send("POST", "/api/v1/orders", form, by=buyer))

    plant(shop, check_out)
    assert (await shop.send("DELETE", ME, by=buyer)).status_code == 204
    assert answers[0].status_code in {401, 403}


async def test_a_checkout_that_came_before_the_door_was_closed_is_seen(shop: Web) -> None:
    """Though the read model of orders has not got to it by the time the door is closed."""
    buyer, product = await shop.login(), await shop.product(await shop.login("seller"))
    held = await psycopg.AsyncConnection.connect(shop.services.settings.database_url or "")
    await held.execute("SELECT 1 FROM till.tracking WHERE schema_name = 'order_history_v1' FOR UPDATE")
    await shop.order(buyer, product)
    plant(shop, held.rollback)
    refused = await shop.send("DELETE", ME, by=buyer)
    assert (refused.status_code, refused.json().get("code")) == (409, "undelivered-orders")
    await held.close()


async def test_where_the_read_model_is_held_up_it_is_promised_for_later(shop: Web) -> None:
    buyer = await shop.login()
    held = await psycopg.AsyncConnection.connect(shop.services.settings.database_url or "")
    await held.execute("SELECT 1 FROM till.tracking WHERE schema_name = 'order_history_v1' FOR UPDATE")
    assert (await shop.send("DELETE", ME, by=buyer)).status_code == 202
    assert (await shop.send("GET", ME, by=buyer)).status_code == 401
    await held.close()


class Later:
    """Two minutes on."""

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(minutes=2)


@pytest.mark.parametrize("with_an_order", [False, True])
async def test_a_deletion_that_was_cut_off_is_ended_by_the_shop(
    shop: Web, database: str, tmp_path: Path, *, with_an_order: bool
) -> None:
    async def crash() -> None:
        raise Interrupted

    buyer = await shop.login()
    if with_an_order:
        await shop.order(buyer, await shop.product(await shop.login("seller")))
    account = AccountId(UUID((await shop.send("GET", ME, by=buyer)).json()["id"]))
    plant(shop, crash)
    assert (await shop.send("DELETE", ME, by=buyer)).status_code == 500
    assert (await shop.send("GET", ME, by=buyer)).status_code == 401
    async with executing(settings(database, tmp_path), database, clock=Later(), process="test") as executor:
        await until(executor.run_due, lambda done: done > 0)
    standing = (await shop.services.directory.standings([account]))[account]
    assert standing.status == ("active" if with_an_order else "deleted")
