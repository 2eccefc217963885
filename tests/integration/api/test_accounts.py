"""Accounts and sessions over HTTP."""

from uuid import uuid4

from tests.support.web import PASSWORD, Web


async def test_an_address_is_registered_once_however_it_is_written(shop: Web) -> None:
    name = uuid4().hex
    form = {"email": f"{name}@example.com", "password": PASSWORD, "name": "Ada"}
    first = await shop.send("POST", "/api/v1/auth/register", form)
    assert (first.status_code, first.json()["role"]) == (201, "buyer")
    assert PASSWORD not in first.text
    again = await shop.send("POST", "/api/v1/auth/register", form | {"email": f" {name.upper()}@Example.COM "})
    assert (again.status_code, again.json()["code"]) == (409, "email-taken")


async def test_login_answers_alike_whether_or_not_the_address_is_known(shop: Web) -> None:
    email = f"{uuid4().hex}@example.com"
    await shop.login(email=email)
    known, unknown = [
        await shop.send("POST", "/api/v1/auth/login", {"email": each, "password": "wrong password"})
        for each in (email, "nobody@example.com")
    ]
    assert (known.status_code, unknown.status_code) == (401, 401)
    assert known.json() | {"requestId": ""} == unknown.json() | {"requestId": ""}


async def test_a_profile_is_changed_by_merge_patch(shop: Web) -> None:
    buyer = await shop.login()
    me = await shop.send("GET", "/api/v1/users/me", by=buyer)
    assert (me.json()["name"], me.json()["promotionsOptIn"], me.headers["etag"]) == ("Ada", False, '"2"')
    changed = await shop.send("PATCH", "/api/v1/users/me", {"promotionsOptIn": True}, by=buyer)
    assert (changed.json()["name"], changed.json()["promotionsOptIn"]) == ("Ada", True)
    renamed = await shop.send("PATCH", "/api/v1/users/me", {"name": "Ada Lovelace"}, by=buyer, If_Match='"3"')
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Ada Lovelace")
    assert (await shop.send("PATCH", "/api/v1/users/me", {"name": "A"}, by=buyer, If_Match='"2"')).status_code == 412
    assert (await shop.send("PATCH", "/api/v1/users/me", {"name": None}, by=buyer)).status_code == 422
    assert (await shop.send("PATCH", "/api/v1/users/me", {"role": "admin"}, by=buyer)).status_code == 422


async def _tokens(shop: Web) -> dict[str, str]:
    email = f"{uuid4().hex}@example.com"
    await shop.login(email=email)
    answer = await shop.send("POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD})
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


async def test_a_refresh_token_is_spent_once_and_its_reuse_ends_the_session(shop: Web) -> None:
    tokens = [(await _tokens(shop))["refreshToken"]]
    for _ in range(2):
        answer = await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": tokens[-1]})
        assert answer.status_code == 200
        tokens.append(answer.json()["refreshToken"])
    assert len(set(tokens)) == 3
    reused = await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": tokens[0]})
    assert reused.status_code == 401
    family = await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": tokens[-1]})
    assert (family.status_code, family.json()["code"]) == (401, "session-over")
    assert (await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": "x"})).status_code == 401


async def test_a_lost_answer_may_be_asked_for_again_by_the_same_client_alone(shop: Web) -> None:
    token = (await _tokens(shop))["refreshToken"]
    first, again = [await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": token}) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    token = again.json()["refreshToken"]
    await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": token})
    stolen = await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": token}, User_Agent="thief")
    assert stolen.status_code == 401


async def test_logging_out_ends_this_session(shop: Web) -> None:
    tokens = await _tokens(shop)
    assert (await shop.send("POST", "/api/v1/auth/logout", by=tokens["accessToken"])).status_code == 204
    assert (
        await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": tokens["refreshToken"]})
    ).status_code == 401


async def test_logging_out_everywhere_ends_what_was_handed_out_before(shop: Web) -> None:
    tokens = await _tokens(shop)
    assert (await shop.send("POST", "/api/v1/auth/logout-everywhere", by=tokens["accessToken"])).status_code == 204
    assert (await shop.send("GET", "/api/v1/users/me", by=tokens["accessToken"])).status_code == 401
    assert (
        await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": tokens["refreshToken"]})
    ).status_code == 401


async def test_personal_data_is_nowhere_in_the_clear(shop: Web) -> None:
    email = f"{uuid4().hex}@example.com"
    buyer = await shop.login(email=email)
    product = await shop.product(await shop.login("seller"))
    address = {"line1": "12 Hidden Lane"}
    items = [{"productId": product, "quantity": 1}]
    await shop.send("POST", "/api/v1/orders", {"items": items, "shippingAddress": address}, by=buyer)
    await shop.send("GET", "/api/v1/orders", by=buyer)
    async with shop.services.pool.connection() as connection:
        tables = await (
            await connection.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
        ).fetchall()
        for (table,) in tables:
            rows = await (await connection.execute(f"SELECT t::text FROM {table} t")).fetchall()
            stored = " ".join(row[0] for row in rows)
            hexadecimal = " ".join(each.encode().hex() for each in (email, "Hidden Lane", PASSWORD))
            assert not any(secret in stored for secret in (email, "Hidden Lane", PASSWORD, *hexadecimal.split())), table
