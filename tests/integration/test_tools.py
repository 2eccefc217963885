"""The demo shop is put in once, the log folds to the same states every time, and one look says where all stands."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import AsyncConnection

from infrastructure.bootstrap.worker import rebuilding
from infrastructure.clock import SystemClock
from infrastructure.demo.people import PEOPLE
from infrastructure.demo.shop import CATEGORY_RATES, OFFERS, goods
from infrastructure.eventstore.reader import LogReader
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.replay import Replayed, replay
from infrastructure.standing import look
from tests.support.demo import seeded


async def replayed(conninfo: str) -> Replayed:
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        return await replay(connection, reader=LogReader(event_codec()), categories=CATEGORIES)


async def test_what_is_on_the_shelves_is_put_there_once(database: str, tmp_path: Path) -> None:
    first = await seeded(database, tmp_path, trading=False)
    before = await replayed(database)
    second = await seeded(database, tmp_path, trading=False)
    after = await replayed(database)
    assert (first.added, second.added) == (len(PEOPLE) + len(CATEGORY_RATES) + len(goods()) + len(OFFERS), 0)
    assert (before.position, before.fold.digest()) == (after.position, after.fold.digest())
    assert before.fold.streams() == {
        "account": 7,
        "email-claim": 7,
        "category-tree": 1,
        "product": 30,
        "stock": 30,
        "coupon": 2,
    }


async def test_a_replay_tells_how_far_it_is_and_counts_every_event(database: str, tmp_path: Path) -> None:
    await seeded(database, tmp_path, trading=False)
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
    await seeded(database, tmp_path, trading=False)
    with psycopg.connect(database, autocommit=True) as connection:
        stop_a_slot(connection)
        standing = look(connection)
    by_name = {instance.name: instance for instance in standing.instances}
    assert standing.head.position == 129
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
