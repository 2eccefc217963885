"""Verification, forgotten passwords and replaced ones, over HTTP."""

import asyncio
from uuid import UUID, uuid4

import pytest

from domain.shared.identifiers import ChallengeId
from tests.support.web import PASSWORD, Web

NEW = "battery staple correct"
FORGOT, RESET, VERIFY = (f"/api/v1/auth/{path}" for path in ("forgot-password", "reset-password", "verify-email"))


@pytest.fixture
def email() -> str:
    return f"{uuid4().hex}@example.com"


async def token_of(shop: Web, kind: str) -> str:
    """Of the latest challenge there is."""
    async with shop.services.pool.connection() as connection:
        row = await (
            await connection.execute(
                "SELECT data ->> 'challenge_id' FROM till.event_log WHERE type = %s ORDER BY position DESC LIMIT 1",
                (f"accounts.{kind}-requested",),
            )
        ).fetchone()
    assert row is not None
    return shop.services.tokens.mailed_token(ChallengeId(UUID(row[0])))


async def logged_in(shop: Web, email: str, password: str = PASSWORD) -> dict[str, str] | None:
    answer = await shop.send("POST", "/api/v1/auth/login", {"email": email, "password": password})
    return dict(answer.json()) if answer.status_code == 200 else None


async def test_an_address_is_verified_once_by_the_token_that_registration_asked_for(shop: Web, email: str) -> None:
    buyer = await shop.login(email=email)
    assert (await shop.send("GET", "/api/v1/users/me", by=buyer)).json()["isEmailVerified"] is False
    token = await token_of(shop, "verification")
    assert (await shop.send("POST", VERIFY, {"token": token})).status_code == 204
    assert (await shop.send("GET", "/api/v1/users/me", by=buyer)).json()["isEmailVerified"] is True
    for spent in (token, "never sent"):
        again = await shop.send("POST", VERIFY, {"token": spent})
        assert (again.status_code, again.json()["code"]) == (409, "token-not-valid")


async def test_a_further_token_voids_the_one_before(shop: Web, email: str) -> None:
    await shop.login(email=email)
    first = await token_of(shop, "verification")
    assert (await shop.send("POST", "/api/v1/auth/resend-verification", {"email": email})).status_code == 202
    assert (await shop.send("POST", VERIFY, {"token": first})).status_code == 409
    assert (await shop.send("POST", VERIFY, {"token": await token_of(shop, "verification")})).status_code == 204


async def test_a_token_serves_its_own_purpose_alone(shop: Web, email: str) -> None:
    await shop.login(email=email)
    token = await token_of(shop, "verification")
    assert (await shop.send("POST", RESET, {"token": token, "password": NEW})).status_code == 409
    assert await logged_in(shop, email)


async def test_a_forgotten_password_is_set_anew_and_ends_every_session(shop: Web, email: str) -> None:
    buyer = await shop.login(email=email)
    tokens = await logged_in(shop, email)
    assert tokens is not None
    assert (await shop.send("POST", FORGOT, {"email": email.upper()})).status_code == 202
    form = {"token": await token_of(shop, "password-reset"), "password": NEW}
    assert (await shop.send("POST", RESET, form)).status_code == 204
    assert (await shop.send("GET", "/api/v1/users/me", by=buyer)).status_code == 401
    refreshed = await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": tokens["refreshToken"]})
    assert refreshed.status_code == 401
    assert await logged_in(shop, email) is None
    assert await logged_in(shop, email, NEW)


async def test_of_many_uses_of_one_token_at_once_one_wins(shop: Web, email: str) -> None:
    await shop.login(email=email)
    await shop.send("POST", FORGOT, {"email": email})
    token = await token_of(shop, "password-reset")
    wanted = [f"{NEW} {number}" for number in range(8)]
    answers = await asyncio.gather(*(shop.send("POST", RESET, {"token": token, "password": each}) for each in wanted))
    won = [password for password, answer in zip(wanted, answers, strict=True) if answer.status_code == 204]
    assert sorted(answer.status_code for answer in answers) == [204, *[409] * 7]
    assert [password for password in wanted if await logged_in(shop, email, password)] == won


@pytest.mark.parametrize("path", ["forgot-password", "resend-verification"])
async def test_asking_for_mail_is_answered_alike_whether_or_not_the_address_is_known(
    shop: Web, email: str, path: str
) -> None:
    await shop.login(email=email)
    known, unknown = [
        await shop.send("POST", f"/api/v1/auth/{path}", {"email": each}) for each in (email, "nobody@example.com")
    ]
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (202, b"")
    assert {*known.headers} == {*unknown.headers}
    assert "x-position" not in known.headers


async def test_a_replaced_password_ends_the_other_sessions_alone(shop: Web, email: str) -> None:
    other = await shop.login(email=email)
    here = await logged_in(shop, email)
    assert here is not None
    path, form = "/api/v1/users/me/password", {"currentPassword": PASSWORD, "newPassword": NEW}
    wrong = await shop.send("POST", path, form | {"currentPassword": "guessed"}, by=here["accessToken"])
    assert (wrong.status_code, wrong.json()["code"]) == (403, "password-wrong")
    assert (await shop.send("POST", path, form, by=here["accessToken"])).status_code == 204
    assert (await shop.send("GET", "/api/v1/users/me", by=here["accessToken"])).status_code == 200
    assert (await shop.send("GET", "/api/v1/users/me", by=other)).status_code == 401
    refreshed = await shop.send("POST", "/api/v1/auth/refresh", {"refreshToken": here["refreshToken"]})
    assert refreshed.status_code == 200
    assert await logged_in(shop, email) is None
    assert await logged_in(shop, email, NEW)


async def test_tokens_are_nowhere_in_the_database(shop: Web, email: str) -> None:
    await shop.login(email=email)
    await shop.send("POST", FORGOT, {"email": email})
    secrets = [await token_of(shop, kind) for kind in ("verification", "password-reset")]
    assert (await shop.send("POST", RESET, {"token": secrets[1], "password": NEW}, Idempotency_Key="k")).is_success
    async with shop.services.pool.connection() as connection:
        for table in ("commands", "stored_events", "mailed_token", "credential"):
            rows = await (await connection.execute(f"SELECT t::text FROM till.{table} t")).fetchall()
            stored = " ".join(row[0] for row in rows)
            assert not any(each in stored or each.encode().hex() in stored for each in [*secrets, NEW]), table
