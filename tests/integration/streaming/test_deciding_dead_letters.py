"""`till dead-letters`: an operator sees what could not be read, decides about it, and is on record with it."""

import asyncio
import base64
import getpass
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace
from psycopg.conninfo import conninfo_to_dict

from application.ports.log import slot_of
from domain.shared.category import Family
from infrastructure.postgres.pools import open_pool
from infrastructure.readiness import readiness
from infrastructure.standing import look
from infrastructure.streaming import dead_letters
from projections.catalogue import CATALOGUE
from tests.support.faust_side import FaustSide, faust_side_on
from tests.support.happenings import listed, product

ROOT = Path(__file__).parents[3]
SLOT = slot_of(Family.CATALOGUE, product(1), 8)


@pytest.fixture
async def side(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FaustSide]:
    """One record was spoilt on its way, and a stranger sent another, to the same slot."""
    given = conninfo_to_dict(database)
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATABASE_URL": f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}&port={given['port']}",
        "JWT_SECRET": "s" * 40,
        "PII_MASTER_KEY": base64.b64encode(b"k" * 32).decode(),
        "PAYMENT_GATEWAY": "simulated",
        "COLUMNS": "200",
        "PYTHONPATH": str(ROOT),
    }.items():
        monkeypatch.setenv(name, value)
    async with faust_side_on(database) as opened:
        (arrival,) = await opened.happened(opened.shop.journal.record(product(1), listed(product(1))))
        stranger = opened.carrier.stranger(arrival.partition, "catalogue")
        await opened.consumer(CATALOGUE).take([replace(arrival, value=b"spoilt"), stranger])
        yield opened


async def till(*arguments: str) -> tuple[int | None, str]:
    """The command's exit code, and all that it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "infrastructure.cli", *arguments, stdout=PIPE, stderr=STDOUT
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


async def fates(side: FaustSide) -> Sequence[tuple[str, str | None]]:
    found = await dead_letters.dead_letters(side.shop.conn, decided=True)
    return [(letter.status, letter.acted_by) for letter in found]


async def test_they_are_listed_with_where_they_stand_and_why(side: FaustSide) -> None:
    code, said = await till("dead-letters", "list")
    assert code == 0
    assert all(words in said for words in ("test.catalogue", SLOT, "JSON is malformed"))


async def test_each_is_decided_by_itself_and_on_record(side: FaustSide) -> None:
    me = f"operator:{getpass.getuser()}"
    code, said = await till("dead-letters", "retry", "1", "2")
    assert (code, await fates(side)) == (1, [("retried", me), ("stopped", None)])
    assert "2: headers: " in said
    assert (await till("dead-letters", "skip", "2"))[0] == 0
    assert await fates(side) == [("retried", me), ("skipped", me)]
    assert (await till("dead-letters", "skip", "2"))[0] == 1
    assert "There are no dead letters." in (await till("dead-letters", "list"))[1]
    assert f"skipped by {me}" in (await till("dead-letters", "list", "--all"))[1]


async def test_a_slot_that_waits_for_a_decision_makes_the_shop_unready(side: FaustSide) -> None:
    async with open_pool(side.shop.journal.database, process="test", size=2) as pool:
        checks = await readiness(pool)
        assert checks["projection catalogue"] == f"stopped: {SLOT} by dead letter 1, {SLOT} by dead letter 2"
        await till("dead-letters", "skip", "1", "2")
        assert (await readiness(pool))["projection catalogue"] == "ok"


async def test_one_look_shows_the_relay_and_the_dead_letters(side: FaustSide) -> None:
    with psycopg.connect(side.shop.journal.database) as connection:
        standing = look(connection)
    assert standing.relay == 1
    assert [(each.number, each.name, each.slot) for each in standing.dead_letters] == [
        (1, "catalogue", SLOT),
        (2, "catalogue", SLOT),
    ]
    catalogue = next(each for each in standing.instances if each.name == "catalogue")
    assert (catalogue.position, catalogue.stopped_slots) == (0, 1)
    code, said = await till("status")
    assert code == 0
    assert all(words in said for words in ("Relay: position 1, lag 0", "Dead letters", "JSON is malformed"))
