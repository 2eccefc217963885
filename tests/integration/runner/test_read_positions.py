"""An API process knows how far the live read models are, and what changed in them."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from domain.catalogue.events import ProductWithdrawn
from infrastructure.runner.read_positions import ReadPositions, UnknownProjection
from infrastructure.runner.rebuild import Rebuild
from projections.catalogue import CATALOGUE, changed_products
from projections.projection import Connection
from projections.stock_levels import changed_levels
from tests.support.happenings import listed, product, stocked
from tests.support.journal import SLOTS
from tests.support.read_side import PROJECTIONS, ReadSide
from tests.support.times import NOON
from tests.support.waiting import until

READ_MODELS = ("catalogue", "stock_levels")
LONG, SHORT = 5.0, 0.05


@pytest.fixture
async def positions(shop: ReadSide) -> AsyncIterator[ReadPositions]:
    changes = {"catalogue": changed_products, "stock_levels": changed_levels}
    opened = ReadPositions(connect=shop.journal.connect, changes=changes)
    await opened.start()
    yield opened
    await opened.close()


async def test_whoever_waits_goes_on_when_the_read_model_is_there(shop: ReadSide, positions: ReadPositions) -> None:
    (record,) = shop.journal.write(product(1), listed(product(1)))
    written = {SLOTS.of(record): record.position}
    assert not await positions.wait(["catalogue"], written, seconds=SHORT)
    waiting = asyncio.create_task(positions.wait(["catalogue", "stock_levels"], written, seconds=LONG))
    await shop.feed([record])
    assert await waiting
    assert await positions.wait(["catalogue"], written, seconds=SHORT)


async def test_slots_that_a_projection_does_not_consume_are_not_waited_for(positions: ReadPositions) -> None:
    assert await positions.wait(["catalogue"], {"orders-1": 1_000_000}, seconds=SHORT)
    assert not await positions.wait(["order_history"], {"orders-1": 1_000_000}, seconds=SHORT)
    assert not await positions.wait(["unheard_of"], {"orders-1": 0}, seconds=SHORT)


async def test_the_live_schema_is_known_and_followed(shop: ReadSide, positions: ReadPositions) -> None:
    assert [positions.schema_of(each.name) for each in PROJECTIONS] == [f"{each.name}_v1" for each in PROJECTIONS]
    with pytest.raises(UnknownProjection):
        positions.schema_of("unheard_of")
    before = positions.standing(READ_MODELS, product(1))
    journal = shop.journal
    rebuild = Rebuild(CATALOGUE, connect=journal.connect, reader=journal.reader, slots=SLOTS, clock=journal.clock)
    schema = await rebuild.run()

    async def followed() -> str:
        return positions.schema_of("catalogue")

    await until(followed, lambda name: name == schema)
    assert positions.standing(READ_MODELS, product(1)) != before


async def seen(shop: ReadSide, positions: ReadPositions, *events: object) -> None:
    """The process has taken notice of everything in the log."""
    head = shop.journal.positions
    slots = dict.fromkeys(SLOTS.consumed_by(CATALOGUE), head)
    assert await positions.wait(READ_MODELS, slots, seconds=LONG)


async def test_only_what_changed_looks_changed(shop: ReadSide, positions: ReadPositions) -> None:
    for number in (1, 2):
        await shop.happened(product(number), listed(product(number)))
    await seen(shop, positions)
    one, two, all_ = (positions.standing(READ_MODELS, each) for each in (product(1), product(2), None))
    assert one == positions.standing(READ_MODELS, product(1))
    await shop.happened(product(1), ProductWithdrawn(product_id=product(1), at=NOON))
    await seen(shop, positions)
    assert positions.standing(READ_MODELS, product(1)) != one
    assert positions.standing(READ_MODELS, product(2)) == two
    assert positions.standing(READ_MODELS, None) != all_
    await shop.happened(product(99), *stocked(product(2), 5), key=product(2))
    await seen(shop, positions)
    assert positions.standing(READ_MODELS, product(2)) != two


async def test_without_the_database_nothing_looks_unchanged(shop: ReadSide, positions: ReadPositions) -> None:
    await seen(shop, positions)
    before = positions.standing(READ_MODELS, None)
    assert positions.standing(READ_MODELS, None) == before
    await shop.conn.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    async def now() -> tuple[object, ...]:
        return positions.standing(READ_MODELS, None)

    await until(now, lambda standing: standing != before)
    (record,) = await shop.happened(product(1), listed(product(1)))
    assert await positions.wait(["catalogue"], {SLOTS.of(record): record.position}, seconds=LONG)
    calm = positions.standing(READ_MODELS, None)
    assert positions.standing(READ_MODELS, None) == calm


async def test_without_the_database_nothing_counts_as_reached(shop: ReadSide) -> None:
    """A server that crashes comes back with read models a moment older than it had shown."""
    away = False

    async def connect() -> Connection:
        if away:
            raise psycopg.OperationalError("away")
        return await shop.journal.connect()

    opened = ReadPositions(connect=connect)
    await opened.start()
    try:
        (record,) = await shop.happened(product(1), listed(product(1)))
        written = {SLOTS.of(record): record.position}
        assert await opened.wait(["catalogue"], written, seconds=LONG)
        away = True
        await shop.conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

        async def reached() -> bool:
            return await opened.wait(["catalogue"], written, seconds=0)

        await until(reached, lambda there: not there)
        away = False
        assert await opened.wait(["catalogue"], written, seconds=LONG)
    finally:
        await opened.close()
