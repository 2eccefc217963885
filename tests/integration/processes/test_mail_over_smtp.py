"""What a mail server answers decides what becomes of the due command."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from application.effects.effect import EffectPorts
from infrastructure.processes.executor import MAX_ATTEMPTS, pause_after
from tests.contract.mailer_contract import LETTER
from tests.contract.test_smtp_mailer import smtp_mailer
from tests.integration.processes.conftest import SCHEMA, Shop, record
from tests.support.mail_server import GOODBYE, Received, Scripted, real_server, scripted_server
from tests.support.tally import Raise


def mailing(port: int, home: Path) -> dict[type[Raise], object]:
    async def effect(command: Raise, ports: EffectPorts) -> None:
        await smtp_mailer(port, home).send(LETTER)

    return {Raise: effect}


async def error(shop: Shop) -> str | None:
    async with shop.pool.connection() as conn:
        row = await (await conn.execute(f"SELECT last_error FROM {SCHEMA}.due WHERE step = 'receipt'")).fetchone()
    assert row is not None
    said: str | None = row[0]
    return said


@pytest.mark.parametrize("answer", [{"RCPT": "450 greylisted, come back"}, {"LETTER": GOODBYE}])
async def test_what_may_pass_is_tried_again_with_longer_and_longer_pauses(
    shop: Shop, tmp_path: Path, answer: dict[str, str]
) -> None:
    await shop.tell(record(uuid4()))
    async with scripted_server(Scripted(**answer)) as port:
        executor = shop.executor(effects=mailing(port, tmp_path))
        for attempt in (1, 2, 3):
            assert await executor.run_due() == 1
            assert (await shop.due())["receipt"] == ("scheduled", attempt)
            shop.clock.time += pause_after(attempt) - timedelta(microseconds=1)
            assert await executor.run_due() == 0
            shop.clock.time += timedelta(microseconds=1)
    received = Received()
    async with real_server(received) as port:
        await shop.executor(effects=mailing(port, tmp_path)).run_due()
    assert (await shop.due())["receipt"] == ("done", 4)
    assert [message["Message-ID"] for message in received.messages()] == [f"<{LETTER.id}@shop.example>"]


async def test_a_server_that_never_comes_back_leaves_a_dead_command(shop: Shop, tmp_path: Path) -> None:
    await shop.tell(record(uuid4()))
    async with real_server(Received()) as port:
        executor = shop.executor(effects=mailing(port, tmp_path))
    for attempt in range(1, MAX_ATTEMPTS + 1):
        await executor.run_due()
        shop.clock.time += pause_after(attempt)
    assert (await shop.due())["receipt"] == ("dead", MAX_ATTEMPTS)


async def test_what_is_refused_for_good_is_dead_at_once_with_the_reply(shop: Shop, tmp_path: Path) -> None:
    await shop.tell(record(uuid4()))
    async with scripted_server(Scripted(RCPT="550 5.1.1 <ada@example.com>: unknown user")) as port:
        await shop.executor(effects=mailing(port, tmp_path)).run_due()
    assert (await shop.due())["receipt"] == ("dead", 1)
    assert await error(shop) == "LetterRefused: the mail server says 550: 5.1.1 <…>: unknown user"
