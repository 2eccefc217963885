"""Phone numbers and their one-time passwords, over HTTP."""

import asyncio
from uuid import UUID

import pytest

from domain.shared.identifiers import ChallengeId
from tests.support.web import Web

PHONE, VERIFY = "/api/v1/users/me/phone", "/api/v1/users/me/phone/verify"


async def otp_of(shop: Web) -> str:
    """Of the number given last."""
    async with shop.services.pool.connection() as connection:
        row = await (
            await connection.execute(
                "SELECT data ->> 'challenge_id' FROM till.event_log WHERE type = 'accounts.phone-given'"
                " ORDER BY position DESC LIMIT 1"
            )
        ).fetchone()
    assert row is not None
    return shop.services.tokens.one_time_password(ChallengeId(UUID(row[0])))


def another(otp: str) -> str:
    return f"{(int(otp) + 1) % 1_000_000:06}"


@pytest.mark.parametrize("written", ["+919876543210", " +91 98765-43210", "0091 (98765) 43210"])
async def test_a_number_is_kept_in_one_form_and_verified_by_its_one_time_password(shop: Web, written: str) -> None:
    buyer = await shop.login()
    given = await shop.send("POST", PHONE, {"phone": written}, by=buyer)
    assert (given.json()["phone"], given.json()["isPhoneVerified"]) == ("+919876543210", False)
    otp = await otp_of(shop)
    verified = await shop.send("POST", VERIFY, {"otp": otp}, by=buyer)
    assert (verified.status_code, verified.json()["isPhoneVerified"]) == (200, True)
    again = await shop.send("POST", VERIFY, {"otp": otp}, by=buyer)
    assert (again.status_code, again.json()["code"]) == (409, "otp-not-valid")
    me = await shop.send("GET", "/api/v1/users/me", by=buyer)
    assert (me.json()["phone"], me.json()["isPhoneVerified"]) == ("+919876543210", True)


@pytest.mark.parametrize("written", ["9876543210", "+0123456789", "+91 98", "+91987654321012345", "+91 98765 4321x", 1])
async def test_what_is_no_number_is_refused(shop: Web, written: object) -> None:
    answer = await shop.send("POST", PHONE, {"phone": written}, by=await shop.login())
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/phone")


async def test_of_guesses_at_once_no_more_than_five_count(shop: Web) -> None:
    buyer = await shop.login()
    await shop.send("POST", PHONE, {"phone": "+919876543210"}, by=buyer)
    otp = await otp_of(shop)
    guesses = await asyncio.gather(*(shop.send("POST", VERIFY, {"otp": another(otp)}, by=buyer) for _ in range(12)))
    codes = sorted(guess.json()["code"] for guess in guesses)
    assert codes == [*["otp-not-valid"] * 7, *["otp-wrong"] * 5]
    late = await shop.send("POST", VERIFY, {"otp": otp}, by=buyer)
    assert (late.status_code, late.json()["code"]) == (409, "otp-not-valid")


async def test_without_a_number_there_is_nothing_to_verify(shop: Web) -> None:
    answer = await shop.send("POST", VERIFY, {"otp": "000000"}, by=await shop.login())
    assert (answer.status_code, answer.json()["code"]) == (409, "otp-not-valid")


async def test_the_number_is_nowhere_in_the_clear(shop: Web) -> None:
    buyer = await shop.login()
    given = await shop.send("POST", PHONE, {"phone": "+919876543210"}, by=buyer, Idempotency_Key="k")
    await shop.send("GET", "/api/v1/users/me", by=buyer)
    assert given.is_success
    async with shop.services.pool.connection() as connection:
        names = await (
            await connection.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
        ).fetchall()
        for (table,) in names:
            rows = await (await connection.execute(f"SELECT t::text FROM {table} t")).fetchall()
            stored = " ".join(row[0] for row in rows)
            assert not any(each in stored for each in ("9876543210", b"9876543210".hex())), table
