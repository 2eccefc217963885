"""In-process and Faust drivers may feed the same tables at the same time: each event counts once, each stop once."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from infrastructure.runner import poison
from projections import bulk
from projections.catalogue import CATALOGUE
from projections.order_history import ORDER_HISTORY
from projections.projection import Projection
from projections.reviews import REVIEWS
from projections.stock_levels import STOCK_LEVELS
from projections.wishlists import WISHLISTS
from tests.support.faust_side import FaustSide, faust_side_on, in_batches, ours
from tests.support.happenings import listed, product
from tests.support.opinions import opinions
from tests.support.sales import day


@pytest.fixture
async def side(database: str) -> AsyncIterator[FaustSide]:
    async with faust_side_on(database) as opened:
        yield opened


@pytest.mark.parametrize(
    "projection", [ORDER_HISTORY, STOCK_LEVELS, CATALOGUE, REVIEWS, WISHLISTS], ids=lambda each: each.name
)
async def test_each_event_is_applied_once(side: FaustSide, projection: Projection) -> None:
    crowd = opinions if projection in {REVIEWS, WISHLISTS} else day
    records = crowd(side.shop.journal, 150, seed=1)
    arrivals = ours(await side.happened(records), projection)

    async def by_kafka(seed: int) -> None:
        consumer, random = side.consumer(projection), Random(seed)
        for batch in in_batches(arrivals, random.choice((20, 30, 40))):
            await consumer.take(batch)

    async def from_the_log() -> None:
        feeder = side.shop.feeder(projection)
        async with await side.shop.journal.connect() as conn:
            for start in range(0, len(records), 25):
                batch = records[start : start + 25]
                await feeder.feed_all_slots(conn, batch, upto=batch[-1].position, after=start)

    await asyncio.gather(by_kafka(1), from_the_log(), by_kafka(2))
    assert side.tables(f"{projection.name}_v1") == await side.expected(projection, records)


async def test_a_slot_is_stopped_once_however_many_meet_the_event(side: FaustSide) -> None:
    records = side.shop.journal.record(product(1), *(listed(product(1), name=name) for name in ("good", "\x00")))
    arrivals = await side.happened(records)
    consumers = [side.consumer(CATALOGUE) for _ in range(4)]
    await asyncio.gather(*(consumer.take(arrivals) for consumer in consumers))
    assert [stop.position for stop in await poison.stops(side.shop.conn)] == [2]
    assert await bulk.read(side.shop.conn, "SELECT name FROM catalogue_v1.product") == [("good",)]


async def test_a_dead_letter_is_stored_once_however_many_get_it(side: FaustSide) -> None:
    arrivals = await side.happened(side.shop.journal.record(product(1), listed(product(1))))
    stranger = side.carrier.stranger(arrivals[0].partition, "catalogue")
    consumers = [side.consumer(CATALOGUE) for _ in range(4)]
    await asyncio.gather(*(consumer.take([stranger, *arrivals]) for consumer in consumers))
    assert await bulk.read(side.shop.conn, "SELECT count(*), min(status) FROM till.dead_letter") == [(1, "stopped")]
    assert await bulk.read(side.shop.conn, "SELECT name FROM catalogue_v1.product") == []
