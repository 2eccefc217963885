"""Mail from the request to the file, with the executor beside the API."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import uuid4

import structlog

from infrastructure.bootstrap.worker import Executors, executing
from infrastructure.clock import SystemClock
from infrastructure.settings import Settings
from tests.support.waiting import until
from tests.support.web import PASSWORD, Web

CODE = re.compile(r"^([A-Za-z0-9_-]{43})$", re.MULTILINE)
NEW = "battery staple correct"


@asynccontextmanager
async def carrying_out(shop: Web, database: str) -> AsyncIterator[Executors]:
    settings = shop.services.settings
    assert isinstance(settings, Settings)
    async with executing(settings, database, clock=SystemClock(), process="test") as executor:
        stop = asyncio.Event()
        running = asyncio.create_task(executor.run(stop))
        try:
            yield executor
        finally:
            stop.set()
            await running


def outbox(home: Path) -> list[EmailMessage]:
    files = sorted((home / "outbox").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


async def mailed(home: Path, count: int) -> list[EmailMessage]:
    async def there() -> list[EmailMessage]:
        return outbox(home)

    return await until(there, lambda messages: len(messages) >= count)


def code_in(message: EmailMessage) -> str:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    (code,) = CODE.findall(plain.get_content().replace("\r\n", "\n"))
    assert f"<code>{code}</code>" in html.get_content()
    return str(code)


async def test_registering_forgetting_and_resetting_by_what_is_read_in_the_mail(
    shop: Web, database: str, tmp_path: Path
) -> None:
    email = f"{uuid4().hex}@Bücher.example"
    buyer = await shop.login(email=email)
    async with carrying_out(shop, database):
        (confirm,) = await mailed(tmp_path, 1)
        arrives = email.replace("Bücher", "xn--bcher-kva")
        assert str(confirm["To"].addresses[0].addr_spec) == arrives
        assert (await shop.send("POST", "/api/v1/auth/verify-email", {"token": code_in(confirm)})).status_code == 204
        assert (await shop.send("GET", "/api/v1/users/me", by=buyer)).json()["isEmailVerified"] is True
        await shop.send("POST", "/api/v1/auth/forgot-password", {"email": email})
        _, forgotten = await mailed(tmp_path, 2)
        form = {"token": code_in(forgotten), "password": NEW}
        assert (await shop.send("POST", "/api/v1/auth/reset-password", form)).status_code == 204
    assert {message["Subject"] for message in outbox(tmp_path)} == {
        "Please confirm your email address",
        "Your new password",
    }


async def test_a_token_that_was_replaced_before_it_left_is_not_mailed(shop: Web, database: str, tmp_path: Path) -> None:
    email = f"{uuid4().hex}@example.com"
    await shop.login(email=email)
    await shop.send("POST", "/api/v1/auth/resend-verification", {"email": email})
    async with carrying_out(shop, database):
        await _all_done(shop, 2)
    (message,) = outbox(tmp_path)
    assert (await shop.send("POST", "/api/v1/auth/verify-email", {"token": code_in(message)})).status_code == 204


async def test_a_name_says_nothing_to_an_address_that_is_not_proven(shop: Web, database: str, tmp_path: Path) -> None:
    name = "Win a prize at evil.example <b>now</b>"
    form = {"email": f"{uuid4().hex}@example.com", "password": PASSWORD, "name": name}
    await shop.send("POST", "/api/v1/auth/register", form)
    async with carrying_out(shop, database):
        (message,) = await mailed(tmp_path, 1)
    assert "evil.example" not in message.as_string()


async def test_somebody_who_is_deleted_leaves_no_mail_behind(shop: Web, database: str, tmp_path: Path) -> None:
    buyer = await shop.login()
    async with carrying_out(shop, database):
        await mailed(tmp_path, 1)
        assert (await shop.send("DELETE", "/api/v1/users/me", by=buyer)).status_code in {202, 204}

        async def left() -> list[EmailMessage]:
            return outbox(tmp_path)

        await until(left, lambda messages: not messages)


async def test_due_rows_hold_neither_tokens_nor_addresses(shop: Web, database: str, tmp_path: Path) -> None:
    email = f"{uuid4().hex}@example.com"
    await shop.login(email=email)
    async with carrying_out(shop, database):
        token = code_in((await mailed(tmp_path, 1))[0])
        await _all_done(shop, 1)
    async with shop.services.pool.connection() as connection:
        rows = await (
            await connection.execute("SELECT convert_from(body, 'UTF8') || d::text FROM account_mails_v1.due d")
        ).fetchall()
    assert len(rows) == 1
    assert not any(secret in row[0] for row in rows for secret in (email, token))


async def test_a_one_time_password_is_a_line_of_the_log_without_the_number(shop: Web, database: str) -> None:
    buyer = await shop.login()
    with structlog.testing.capture_logs() as lines:
        await shop.send("POST", "/api/v1/users/me/phone", {"phone": "+919876543210"}, by=buyer)
        async with carrying_out(shop, database):
            await _all_done(shop, 2)
    (line,) = [line for line in lines if line["event"] == "one-time password"]
    assert "9876543210" not in str(lines)
    verified = await shop.send("POST", "/api/v1/users/me/phone/verify", {"otp": line["otp"]}, by=buyer)
    assert verified.json()["isPhoneVerified"] is True


async def _all_done(shop: Web, count: int) -> None:
    async def statuses() -> list[str]:
        async with shop.services.pool.connection() as connection:
            rows = await (await connection.execute("SELECT status FROM account_mails_v1.due")).fetchall()
        return [row[0] for row in rows]

    await until(statuses, lambda found: found == ["done"] * count)


async def test_a_seller_reads_what_runs_low(shop: Web, database: str, tmp_path: Path) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller, name="Kettle <b>& Sons</b>", quantity=10)
    async with carrying_out(shop, database):
        await mailed(tmp_path, 1)
        for change in (-6, -1, 5, -7):
            form = {"change": change, "reason": "Sold at the market."}
            await shop.send("POST", f"/api/v1/products/{product}/stock", form, by=seller)
        letters = (await mailed(tmp_path, 3))[1:]
    assert {letter["Subject"] for letter in letters} == {"Kettle <b>& Sons</b> is running low"}
    bodies = [letter.get_body(("html",)) for letter in letters]
    told = [body.get_content() for body in bodies if body is not None]
    assert sorted("4 are left of <b>Kettle &lt;b&gt;&amp; Sons&lt;/b&gt;</b>" in text for text in told) == [False, True]
    assert all(product in text for text in told)
