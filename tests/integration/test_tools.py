"""The demo shop is put in once, the log folds to the same states every time, and one look says where all stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from psycopg import AsyncConnection

from domain.shared.money import Money
from infrastructure.bootstrap.worker import rebuilding
from infrastructure.bootstrap.writing import command_loop
from infrastructure.clock import SystemClock
from infrastructure.demo_shop import OFFERS, PEOPLE, goods
from infrastructure.eventstore.reader import LogReader
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.postgres.pools import open_pool
from infrastructure.replay import Replayed, replay
from infrastructure.security.emails import HmacEmails
from infrastructure.security.names import HmacNames
from infrastructure.security.passwords import Argon2Passwords
from infrastructure.security.vault import AesVault
from infrastructure.seed import Seeder, price_of
from infrastructure.settings import load
from infrastructure.standing import look


@asynccontextmanager
async def seeding(conninfo: str, home: Path) -> AsyncIterator[Seeder]:
    settings = load({"TILL_HOME": str(home)}, directory=home).settings
    clock, passwords, key = SystemClock(), Argon2Passwords(memory_kib=64, rounds=1), settings.pii_master_key
    async with (
        open_pool(conninfo, process="test", size=2) as pool,
        command_loop(settings, conninfo, clock=clock, process="test") as bus,
    ):
        vault = AesVault(master_key=key, pool=pool, clock=clock)
        emails, names = HmacEmails(master_key=key), HmacNames(master_key=key)
        yield Seeder(bus=bus, vault=vault, passwords=passwords, emails=emails, names=names, currency="INR")
    passwords.close()


async def replayed(conninfo: str) -> Replayed:
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        return await replay(connection, reader=LogReader(event_codec()), categories=CATEGORIES)


async def test_seeding_again_changes_nothing(database: str, tmp_path: Path) -> None:
    async with seeding(database, tmp_path) as seeder:
        first = await seeder.run()
    before = await replayed(database)
    async with seeding(database, tmp_path) as seeder:
        second = await seeder.run()
    after = await replayed(database)
    assert (first.added, second.added) == (len(PEOPLE) + len(goods()) + len(OFFERS), 0)
    assert (before.position, before.fold.digest()) == (after.position, after.fold.digest())
    assert before.fold.streams() == {"account": 6, "email-claim": 6, "product": 24, "stock": 24, "coupon": 2}


async def test_a_replay_tells_how_far_it_is_and_counts_every_event(database: str, tmp_path: Path) -> None:
    async with seeding(database, tmp_path) as seeder:
        await seeder.run()
    steps: list[tuple[int, int]] = []
    async with await AsyncConnection.connect(database, autocommit=True) as connection:
        found = await replay(
            connection,
            reader=LogReader(event_codec()),
            categories=CATEGORIES,
            progress=lambda position, end: steps.append((position, end)),
        )
    assert steps[-1] == (found.position, found.position)
    assert found.fold.events.total() == found.position
    assert found.events_per_second > 0


async def test_an_empty_log_folds_to_nothing(database: str) -> None:
    found = await replayed(database)
    assert (found.position, found.fold.states) == (0, {})


async def test_one_look_shows_the_instances_their_lag_the_stops_and_what_is_due(database: str, tmp_path: Path) -> None:
    await (await rebuilding(database, "catalogue", clock=SystemClock(), auto_advance=None)).run()
    await (await rebuilding(database, "unpaid_orders", clock=SystemClock(), auto_advance=None)).run()
    async with seeding(database, tmp_path) as seeder:
        await seeder.run()
    with psycopg.connect(database, autocommit=True) as connection:
        stop_a_slot(connection)
        standing = look(connection)
    by_name = {instance.name: instance for instance in standing.instances}
    assert standing.head.position == 86
    assert standing.head.recorded_at is not None
    assert (by_name["catalogue"].live, by_name["catalogue"].position) == (True, 0)
    assert (by_name["catalogue"].stopped_slots, by_name["unpaid_orders"].stopped_slots) == (1, 0)
    assert [(stop.slot, stop.position, stop.error) for stop in standing.stops] == [("catalogue-0", 3, "boom")]
    assert [(queue.name, queue.counts) for queue in standing.queues] == [("unpaid_orders", {})]


STOP_A_SLOT = """
UPDATE till.tracking SET stopped = true
 WHERE slot = 'catalogue-0' AND schema_name = (SELECT live_schema FROM till.projection WHERE name = 'catalogue')
"""
POISON = """
INSERT INTO till.poison (schema_name, name, slot, position, stream, type, error, stopped_at, status)
SELECT live_schema, name, 'catalogue-0', 3, gen_random_uuid(), 'catalogue.product-listed', 'boom', %s, 'stopped'
  FROM till.projection WHERE name = 'catalogue'
"""


def stop_a_slot(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    connection.execute(STOP_A_SLOT)
    connection.execute(POISON, (datetime(2026, 1, 1, tzinfo=UTC),))


@pytest.mark.parametrize(
    ("currency", "price"),
    [("INR", Money(87_550, "INR")), ("GBP", Money(876, "GBP")), ("JPY", Money(9, "JPY"))],
)
def test_the_demo_has_believable_prices_in_any_currency(currency: str, price: Money) -> None:
    assert price_of(Decimal("875.50"), currency=currency) == price
