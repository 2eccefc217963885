"""Webhooks over HTTP: registered, changed, stopped, replayed and deleted by admins."""

from typing import Any

import psycopg
import pytest

from tests.support.web import Web

HOOKS = "/api/v1/webhooks"
FORM = {"url": "https://erp.example/hooks", "events": ["ordering.*", "payments.payment-succeeded"]}


async def registered(shop: Web, by: str, **changes: Any) -> dict[str, Any]:
    answer = await shop.send("POST", HOOKS, {**FORM, **changes}, by=by)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def listed(shop: Web, by: str, query: str = "limit=100") -> list[dict[str, Any]]:
    answer = await shop.send("GET", f"{HOOKS}?{query}", by=by)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_webhook_is_registered_and_its_secret_shown_once(shop: Web, database: str) -> None:
    admin = await shop.admin()
    answer = await shop.send("POST", HOOKS, FORM, by=admin, Idempotency_Key="once")
    hook = answer.json()
    assert answer.headers["location"] == f"{HOOKS}/{hook['id']}"
    assert answer.headers["cache-control"] == "no-store"
    assert hook["secret"].startswith("whsec_")
    again = await shop.send("POST", HOOKS, FORM, by=admin, Idempotency_Key="once")
    assert (again.json(), again.headers["idempotent-replayed"]) == (hook, "true")
    (seen,) = await listed(shop, admin)
    assert "secret" not in seen
    assert seen == {name: value for name, value in hook.items() if name != "secret"}
    with psycopg.connect(database) as conn:
        kept = conn.execute("SELECT string_agg(w::text, '') FROM till.webhook w").fetchone()
        logged = conn.execute("SELECT string_agg(convert_from(state, 'UTF8'), '') FROM till.stored_events").fetchone()
    assert kept is not None
    assert logged is not None
    assert hook["secret"] not in kept[0] + logged[0]


async def test_a_webhook_is_changed_stopped_and_resumed(shop: Web) -> None:
    admin = await shop.admin()
    hook = await registered(shop, admin)
    path = f"{HOOKS}/{hook['id']}"
    patch = {"url": "https://erp.example/v2", "events": [], "description": "ERP", "isActive": False}
    answer = await shop.send("PATCH", path, patch, by=admin, If_Match='"1"')
    changed = answer.json()
    assert {name: changed[name] for name in patch} == patch
    assert (changed["stoppedBecause"], changed["secret"]) == ("asked", None)
    assert answer.headers["etag"] == f'"{changed["version"]}"'
    assert (await shop.send("PATCH", path, {"isActive": True}, by=admin, If_Match='"1"')).status_code == 412
    resumed = (await shop.send("PATCH", path, {"isActive": True}, by=admin)).json()
    assert (resumed["isActive"], resumed["stoppedBecause"]) == (True, None)
    rotated = (await shop.send("PATCH", path, {"rotateSecret": True}, by=admin)).json()
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != hook["secret"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"url": "http://erp.example/"}, "/url"),
        ({"url": "https://user@erp.example/"}, "/url"),
        ({"url": ""}, "/url"),
        ({"url": None}, "/url"),
        ({"events": ["accounts.account-registered"]}, "/events/0"),
        ({"events": ["ordering.*", "accounts.*"]}, "/events/1"),
        ({"events": ["*"]}, "/events/0"),
        ({"events": None}, "/events"),
    ],
)
async def test_what_cannot_be_sent_is_refused(shop: Web, changes: dict[str, Any], pointer: str) -> None:
    admin = await shop.admin()
    hook = await registered(shop, admin)
    for method, path, form in (("POST", HOOKS, {**FORM, **changes}), ("PATCH", f"{HOOKS}/{hook['id']}", changes)):
        answer = await shop.send(method, path, form, by=admin)
        assert answer.status_code == 422, answer.text
        assert pointer in {error["pointer"] for error in answer.json()["errors"]}
    assert [each["version"] for each in await listed(shop, admin)] == [1]


async def test_the_list_goes_on_behind_its_cursor(shop: Web) -> None:
    admin = await shop.admin()
    hooks = [(await registered(shop, admin))["id"] for _ in range(3)]
    first = (await shop.send("GET", f"{HOOKS}?limit=2", by=admin)).json()
    assert (first["total"], first["pages"]) == (3, 2)
    second = (await shop.send("GET", f"{HOOKS}?limit=2&cursor={first['nextCursor']}", by=admin)).json()
    assert [each["id"] for each in (*first["items"], *second["items"])] == hooks[::-1]
    assert second["nextCursor"] is None
    assert [each["id"] for each in await listed(shop, admin, "page=2&limit=2")] == hooks[:1]
    assert (await shop.send("GET", f"{HOOKS}?cursor=x", by=admin)).status_code == 422


async def test_a_replay_goes_back_to_any_number_there_is(shop: Web) -> None:
    admin = await shop.admin()
    await shop.product(await shop.login("seller"))
    hook = await registered(shop, admin)
    path = f"{HOOKS}/{hook['id']}/replay"
    answer = await shop.send("POST", path, {"after": 0}, by=admin)
    assert (answer.status_code, answer.json()["after"]) == (202, 0)
    last = (await shop.send("GET", "/api/v1/events", by=admin)).json()["last"]
    assert (await shop.send("POST", path, {"after": last}, by=admin)).json()["after"] == last
    beyond = await shop.send("POST", path, {"after": last + 1}, by=admin)
    assert (beyond.status_code, beyond.json()["errors"][0]["pointer"]) == (422, "/after")


async def test_a_deleted_webhook_is_gone(shop: Web) -> None:
    admin = await shop.admin()
    hook = await registered(shop, admin)
    path = f"{HOOKS}/{hook['id']}"
    page = (await shop.send("GET", f"{path}/deliveries", by=admin)).json()
    assert (page["items"], page["nextCursor"]) == ([], None)
    assert (await shop.send("DELETE", path, by=admin, If_Match='"7"')).status_code == 412
    assert (await shop.send("DELETE", path, by=admin)).status_code == 204
    assert await listed(shop, admin) == []
    for method, where, form in (
        ("DELETE", path, None), ("PATCH", path, {}), ("GET", f"{path}/deliveries", None),
        ("POST", f"{path}/replay", {"after": 0}),
    ):  # fmt: skip
        assert (await shop.send(method, where, form, by=admin)).status_code == 404


async def test_webhooks_are_for_admins_and_their_programs(shop: Web) -> None:
    admin = await shop.admin()
    for role in ("buyer", "seller"):
        by = await shop.login(role)
        assert (await shop.send("GET", HOOKS, by=by)).status_code == 403
        assert (await shop.send("POST", HOOKS, FORM, by=by)).status_code == 403
    key = (await shop.send("POST", "/api/v1/admin/api-keys", {"name": "ERP"}, by=admin)).json()["key"]
    assert (await shop.send("POST", HOOKS, FORM, X_API_Key=key)).status_code == 201
