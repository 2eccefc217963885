"""The outcome of a due command cannot be recorded: neither that command nor its neighbours are lost from sight."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from application.effects.effect import EffectPorts
from infrastructure.processes import due_rows
from infrastructure.processes.due_rows import Claimed
from infrastructure.processes.executor import LEASE
from projections.projection import Connection
from tests.integration.processes.conftest import Shop, record
from tests.support.tally import Raise

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("text", ["no \x00 fits", "half a pair: \ud800"])
async def test_what_went_wrong_is_recorded_whatever_it_is_called(shop: Shop, text: str) -> None:
    await shop.tell(record(uuid4()))

    async def misspoken(command: Raise, ports: EffectPorts) -> None:
        raise ValueError(text)

    await shop.executor(effects={Raise: misspoken}).run_due()
    assert (await shop.due())["receipt"] == ("scheduled", 1)


async def test_a_round_ends_when_all_that_it_began_has_ended(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop.tell(record(uuid4()), record(uuid4()))
    finish, failed = due_rows.finish, asyncio.Event()

    async def fails_once(conn: Connection, row: Claimed, **values: Any) -> bool:
        if not failed.is_set():
            failed.set()
            raise psycopg.OperationalError("the connection is lost")
        return await finish(conn, row, **values)

    ended = 0

    async def slow_for_one(command: Raise, ports: EffectPorts) -> None:
        nonlocal ended
        ended += 1
        if ended == 1:
            await failed.wait()
            await ports.submit(command, "record")

    monkeypatch.setattr(due_rows, "finish", fails_once)
    executor = shop.executor(effects={Raise: slow_for_one})
    with pytest.raises(psycopg.OperationalError):
        await executor.run_due()
    assert await statuses(shop) == ["done", "running"]
    shop.clock.time += LEASE + SECOND
    assert await executor.run_due() == 1
    assert await statuses(shop) == ["done", "done"]


async def statuses(shop: Shop) -> list[str]:
    async with shop.pool.connection() as conn:
        cursor = await conn.execute("SELECT status FROM tally_bonus_v1.due WHERE step = 'receipt' ORDER BY status")
        return [status for (status,) in await cursor.fetchall()]
