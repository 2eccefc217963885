"""A process manager is fed, tracked and rebuilt like any read model; what was carried out is not scheduled again."""

from collections import Counter
from datetime import timedelta
from random import Random

from application.ports.log import Record
from application.processes.unpaid_orders import UNPAID_ORDERS
from domain.ordering.events import ConfirmationGround, OrderConfirmed
from infrastructure.processes import due_rows
from infrastructure.processes.driver import as_projection
from infrastructure.runner.instances import ensure
from infrastructure.runner.rebuild import Rebuild
from projections import bulk
from tests.integration.runner.conftest import Run
from tests.support.digests import digests
from tests.support.happenings import line, order_id, placed
from tests.support.journal import SLOTS
from tests.support.read_side import ReadSide, caught_up
from tests.support.times import NOON

MANAGER = as_projection(UNPAID_ORDERS)
FIRST = f"{MANAGER.name}_v1"
ORDERS = 300


def story(shop: ReadSide) -> list[Record]:
    """Orders are placed; every other one is paid, sooner or later."""
    random, records = Random(1), list[Record]()
    for number in range(ORDERS):
        records += shop.journal.record(order_id(number), placed(order_id(number), line(1)))
        if number > 20 and number % 2:
            earlier = order_id(number - random.choice((0, 20)))
            confirmed = OrderConfirmed(order_id=earlier, ground=ConfirmationGround.PAID, at=NOON)
            records += shop.journal.record(earlier, confirmed)
    return records


async def statuses(shop: ReadSide, schema: str) -> Counter[str]:
    return Counter(status for (status,) in await bulk.read(shop.conn, f"SELECT status FROM {schema}.due"))


async def rebuilt(shop: ReadSide) -> str:
    journal = shop.journal
    return await Rebuild(
        MANAGER, connect=journal.connect, reader=journal.reader, slots=SLOTS, clock=journal.clock
    ).run()


async def test_due_commands_survive_a_rebuild_as_they_are(shop: ReadSide, running: Run) -> None:
    records = story(shop)
    async with running([MANAGER]):
        shop.journal.append(records[:200])
        await ensure(shop.conn, [MANAGER], slots=SLOTS, at=NOON)
        shop.journal.append(records[200:])
        await caught_up(shop, FIRST)
        await shop.conn.execute(
            f"UPDATE {FIRST}.due SET status = 'done', attempts = 1 WHERE id IN"
            f" (SELECT id FROM {FIRST}.due WHERE status = 'scheduled' ORDER BY id LIMIT 10)"
        )
        before = await statuses(shop, FIRST)
        schema = await rebuilt(shop)
        await caught_up(shop, FIRST, schema)
    assert before["done"] == 10
    assert min(before["scheduled"], before["withdrawn"]) > 50
    assert await statuses(shop, schema) == before
    assert digests(shop.journal.database, schema) == digests(shop.journal.database, FIRST)


async def test_a_command_that_ends_after_the_switch_has_ended_in_the_new_tables(shop: ReadSide) -> None:
    await ensure(shop.conn, [MANAGER], slots=SLOTS, at=NOON)
    records = shop.journal.write(order_id(1), placed(order_id(1), line(1)))
    await shop.feeder(MANAGER).feed_all_slots(shop.conn, records, upto=1)
    (claimed,) = await due_rows.claim(shop.conn, MANAGER.name, now=NOON, lease=timedelta(minutes=1), limit=9, by="x")
    schema = await rebuilt(shop)
    assert await statuses(shop, schema) == {"running": 1}
    assert await due_rows.claim(shop.conn, MANAGER.name, now=NOON, lease=timedelta(minutes=1), limit=9, by="x") == []
    assert await due_rows.finish(shop.conn, claimed, status="done", now=NOON)
    assert await statuses(shop, schema) == {"done": 1}
