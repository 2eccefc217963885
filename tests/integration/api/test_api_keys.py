"""API keys over HTTP: what they open, for how long, and what is on record of it."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.web import PASSWORD, Web

KEYS, USERS = "/api/v1/admin/api-keys", "/api/v1/users"


async def issued(shop: Web, by: str, **headers: str) -> dict[str, Any]:
    answer = await shop.send("POST", KEYS, {"name": "Nightly export"}, by=by, **headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


async def opened(shop: Web, key: str, path: str = USERS) -> int:
    return (await shop.send("GET", path, X_API_Key=key)).status_code


async def test_a_key_is_shown_once_and_kept_as_a_hash(shop: Web) -> None:
    admin = await shop.admin()
    key = await issued(shop, admin, Idempotency_Key="one")
    assert await issued(shop, admin, Idempotency_Key="one") == key
    listed = (await shop.send("GET", KEYS, by=admin)).json()
    assert (listed["total"], listed["items"]) == (1, [{k: v for k, v in key.items() if k != "key"}])
    assert key["key"].startswith("till_")
    async with shop.services.pool.connection() as connection:
        for table in ("till.api_key", "till.event_log", "till.commands"):
            rows = await (await connection.execute(f"SELECT t::text FROM {table} t")).fetchall()
            assert not any(key["key"] in row[0] for row in rows), table


@pytest.mark.parametrize("path", [USERS, KEYS, "/api/v1/customers", "/api/v1/admin/orders"])
async def test_a_key_opens_the_admin_endpoints(shop: Web, path: str) -> None:
    key = await issued(shop, await shop.admin())
    assert await opened(shop, key["key"], path) == 200
    for wrong in ("till_" + "A" * 43, "", "x" * 10_000):
        assert await opened(shop, wrong, path) == 401


async def test_a_key_opens_nothing_else(shop: Web) -> None:
    admin = await shop.admin()
    key = await issued(shop, admin)
    for method, path, body in (
        ("GET", "/api/v1/users/me", None),
        ("DELETE", "/api/v1/users/me", None),
        ("GET", "/api/v1/orders", None),
        ("POST", "/api/v1/auth/logout-everywhere", None),
    ):
        assert (await shop.send(method, path, body, X_API_Key=key["key"])).status_code == 401
    by_key = {"X_API_Key": key["key"]}
    assert (await shop.send("POST", KEYS, {"name": "another"}, **by_key)).status_code == 403
    assert (await shop.send("DELETE", f"{KEYS}/{key['id']}", **by_key)).status_code == 403
    buyer = await shop.login()
    assert (await shop.send("GET", USERS, by=buyer, **by_key)).status_code == 403, (
        "the token counts where both are sent"
    )


async def test_what_is_done_with_a_key_names_the_key(shop: Web) -> None:
    admin = await shop.admin()
    key = await issued(shop, admin)
    form = {"email": f"{uuid4().hex}@example.com", "password": PASSWORD, "name": "Grace", "role": "buyer"}
    made = await shop.send("POST", USERS, form, X_API_Key=key["key"])
    assert made.status_code == 201
    async with shop.services.pool.connection() as connection:
        rows = await connection.execute(
            "SELECT actor FROM till.commands ORDER BY recorded_at DESC, last_position DESC LIMIT 1"
        )
        assert await rows.fetchone() == (f"account:{key['issuerId']}/key:{key['id']}",)


async def test_a_revoked_key_opens_nothing_at_once(shop: Web) -> None:
    admin, other = await shop.admin(), await shop.admin()
    key = await issued(shop, admin)
    assert await opened(shop, key["key"]) == 200
    for _ in range(2):
        assert (await shop.send("DELETE", f"{KEYS}/{key['id']}", by=other)).status_code == 204
    assert await opened(shop, key["key"]) == 401
    listed = (await shop.send("GET", KEYS, by=admin)).json()["items"]
    assert listed[0]["revokedAt"] is not None
    assert (await shop.send("DELETE", f"{KEYS}/{uuid4()}", by=admin)).status_code == 404


async def test_a_key_is_worth_what_its_issuer_is(shop: Web) -> None:
    admin, other = await shop.admin(), await shop.admin()
    me = (await shop.send("GET", "/api/v1/users/me", by=admin)).json()
    keys = [(await issued(shop, admin))["key"] for _ in range(2)]
    form = {"email": me["email"], "name": me["name"]}
    for role, status in (("seller", 401), ("admin", 200)):
        answer = await shop.send("PUT", f"{USERS}/{me['id']}", form | {"role": role}, by=other)
        assert answer.status_code == 200
        assert await opened(shop, keys[0]) == status
    assert (await shop.send("DELETE", f"{USERS}/{me['id']}", by=other)).status_code == 204
    assert await opened(shop, keys[0]) == 401
    async with shop.services.pool.connection() as connection:
        rows = await connection.execute("SELECT count(*) FROM till.api_key WHERE account_id = %s", (me["id"],))
        assert await rows.fetchone() == (0,)


async def test_keys_are_for_admins(shop: Web) -> None:
    for role in ("buyer", "seller"):
        token = await shop.login(role)
        assert (await shop.send("POST", KEYS, {"name": "mine"}, by=token)).status_code == 403
        assert (await shop.send("GET", KEYS, by=token)).status_code == 403
    admin = await shop.admin()
    for form in ({}, {"name": ""}, {"name": "a\u0000b"}, {"name": "x", "role": "admin"}):
        assert (await shop.send("POST", KEYS, form, by=admin)).status_code == 422
    assert (await shop.send("GET", f"{KEYS}?cursor=x", by=admin)).status_code == 422
