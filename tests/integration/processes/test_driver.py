"""A process manager's states and due rows, written with its tracking."""

from uuid import uuid4

from tests.integration.processes.conftest import PROJECTION, SCHEMA, Shop, record


async def test_what_falls_due_is_scheduled(shop: Shop) -> None:
    await shop.tell(record(uuid4()))
    assert await shop.due() == {"bonus": ("scheduled", 0), "receipt": ("scheduled", 0)}


async def test_what_is_not_wanted_any_more_is_withdrawn(shop: Shop) -> None:
    tally = uuid4()
    await shop.tell(record(tally))
    await shop.tell(record(tally, by=-1, version=2))
    assert (await shop.due())["bonus"] == ("withdrawn", 0)


async def test_scheduling_and_withdrawing_in_one_batch_leaves_it_withdrawn(shop: Shop) -> None:
    tally = uuid4()
    await shop.tell(record(tally), record(tally, by=-1, version=2))
    assert await shop.due() == {"bonus": ("withdrawn", 0), "receipt": ("scheduled", 0)}


async def test_batches_of_any_size_leave_the_same_rows(shop: Shop) -> None:
    records = [record(tally, version=v, by=1) for tally in [uuid4() for _ in range(20)] for v in (1, 2, 3)]
    await shop.tell(*records)
    together = await _tables(shop)
    async with shop.pool.connection() as conn:
        await conn.execute(f"TRUNCATE {SCHEMA}.due, {SCHEMA}.instance")
    for one in records:
        await shop.tell(one)
    assert await _tables(shop) == together


async def _tables(shop: Shop) -> list[object]:
    async with shop.pool.connection() as conn:
        due = await conn.execute(f"SELECT id, instance, step, body, due_at, status FROM {SCHEMA}.due ORDER BY id")
        states = await conn.execute(f"SELECT id, state FROM {SCHEMA}.instance ORDER BY id")
        return [await due.fetchall(), await states.fetchall()]


async def test_a_rebuilt_instance_inherits_what_was_done(shop: Shop) -> None:
    tally = uuid4()
    await shop.tell(record(tally))
    await shop.executor().run_due()
    rebuilt = "tally_bonus_v1_2"
    async with shop.pool.connection() as conn:
        await conn.execute(f"CREATE SCHEMA {rebuilt}")
        await conn.execute(PROJECTION.ddl.format(schema=rebuilt))
    await shop.tell(record(tally), schema=rebuilt)
    assert (await shop.due(rebuilt))["receipt"] == ("scheduled", 0)
    assert PROJECTION.inherit is not None
    async with shop.pool.connection() as conn:
        await conn.execute(PROJECTION.inherit.format(schema=rebuilt, former=SCHEMA))
    assert await shop.due(rebuilt) == {"bonus": ("scheduled", 0), "receipt": ("done", 1)}
