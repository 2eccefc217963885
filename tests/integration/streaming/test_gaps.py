"""What Kafka loses, repeats or mixes up does not show in the tables: the log fills what is missing."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from random import Random

import pytest

from application.ports.log import Record
from infrastructure.runner import poison
from infrastructure.runner.instances import create
from infrastructure.streaming import dead_letters
from infrastructure.streaming.arriving import Arrival
from infrastructure.streaming.dead_letters import StillUnreadable
from projections import bulk
from projections.catalogue import CATALOGUE
from projections.order_history import ORDER_HISTORY
from projections.projection import Connection, Projection
from projections.stock_levels import STOCK_LEVELS
from tests.support.faust_carrier import with_headers
from tests.support.faust_side import FaustSide, faust_side_on, in_batches, ours
from tests.support.happenings import listed, product
from tests.support.journal import SLOTS
from tests.support.read_side import PROJECTIONS, tracked
from tests.support.sales import day, opening
from tests.support.times import NOON


@pytest.fixture
async def side(database: str) -> AsyncIterator[FaustSide]:
    async with faust_side_on(database) as opened:
        yield opened


def mixed(arrivals: list[Arrival], random: Random) -> list[Arrival]:
    """Slots in any order against each other, every fifth record again, every tenth lost."""
    late = {each.slot: random.uniform(0, 300) for each in arrivals}
    shuffled = [each for _, each in sorted(enumerate(arrivals), key=lambda place: place[0] + late[place[1].slot])]
    kept = [each for each in shuffled if random.random() > 0.1]
    repeated = list[Arrival]()
    for place, each in enumerate(kept):
        repeated.append(each)
        if random.random() < 0.2:
            repeated += kept[max(0, place - random.randrange(40)) : place + 1]
    return repeated


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
async def test_losses_repetitions_and_mixed_up_slots_do_not_show(side: FaustSide, projection: Projection) -> None:
    records = day(side.shop.journal, 120, seed=1)
    consumer, random = side.consumer(projection), Random(2)
    arrivals = ours(await side.happened(records), projection)
    for batch in in_batches(mixed(arrivals, random)):
        await consumer.take(batch)
    while await consumer.catch_up(f"{projection.name}_v1", side.carrier.slots):
        pass
    assert side.tables(f"{projection.name}_v1") == await side.expected(projection, records)
    assert not await poison.stops(side.shop.conn)
    assert not await dead_letters.dead_letters(side.shop.conn)


async def test_a_whole_batch_is_one_transaction(side: FaustSide) -> None:
    records = day(side.shop.journal, 60, seed=3)
    sizes = list[int]()

    async def counting(conn: Connection, schema: str, given: Sequence[Record]) -> None:
        sizes.append(len(given))
        await STOCK_LEVELS.apply(conn, schema, given)

    consumer = side.consumer(replace(STOCK_LEVELS, apply=counting))
    arrivals = ours(await side.happened(records), STOCK_LEVELS)
    await consumer.take(arrivals)
    assert len(sizes) == 1
    assert sizes[0] > 100


async def test_a_planted_gap_is_filled_before_what_follows_it(side: FaustSide) -> None:
    records = side.shop.journal.record(product(1), *(listed(product(1), name=f"name {n}") for n in range(5)))
    arrivals = await side.happened(records)
    order = list[int]()

    async def noting(conn: Connection, schema: str, given: Sequence[Record]) -> None:
        order.extend(record.position for record in given)
        await CATALOGUE.apply(conn, schema, given)

    consumer = side.consumer(replace(CATALOGUE, apply=noting))
    await consumer.take([arrivals[0], arrivals[4]])
    assert order == [1, 2, 3, 4, 5]
    await consumer.take(arrivals)
    assert order == [1, 2, 3, 4, 5]


async def test_a_gap_that_the_log_cannot_fill_stops_its_slot_and_no_other(side: FaustSide) -> None:
    records = opening(side.shop.journal)
    arrivals = await side.happened(records)
    strange = next(each for each in arrivals if each.slot == arrivals[0].slot and each is not arrivals[0])
    elsewhere = next(record.position for record in records if SLOTS.of(record) != strange.slot)
    wrong = [with_headers(each, prev=b"%d" % elsewhere) if each is strange else each for each in arrivals]
    consumer = side.consumer(CATALOGUE)
    await consumer.take([each for each in wrong if each is not arrivals[0]])
    await consumer.take([arrivals[0]])
    positions = await tracked(side.shop.conn, "catalogue_v1")
    assert positions.pop(strange.slot) == 0
    assert positions == {slot: side.carrier.slots.get(slot, 0) for slot in positions}
    (letter,) = await dead_letters.dead_letters(side.shop.conn)
    assert (letter.slot, letter.arrival.offset) == (strange.slot, strange.offset)
    assert letter.error == f"follows {elsewhere}, where the log has no event of {strange.slot}"
    await dead_letters.skip(side.shop.conn, letter.id, by="operator", at=NOON)
    await consumer.take([each for each in wrong if each.offset == strange.offset and each.slot == strange.slot])
    assert not await dead_letters.dead_letters(side.shop.conn), "it is decided"


async def test_what_is_not_in_the_log_is_not_applied(side: FaustSide) -> None:
    records = side.shop.journal.record(product(1), listed(product(1)), listed(product(1), name="from elsewhere"))
    arrivals = await side.happened(records[:1]) + side.carrier.carry(records[1:])
    await side.consumer(CATALOGUE).take(arrivals)
    (letter,) = await dead_letters.dead_letters(side.shop.conn)
    assert (letter.error, letter.position) == ("the log ends at 1", None)
    with pytest.raises(StillUnreadable, match=f"the log has no event of {letter.slot} at 2"):
        await dead_letters.retry(side.shop.conn, letter.id, log=side.log(), by="operator", at=NOON)
    assert (await tracked(side.shop.conn, "catalogue_v1"))[arrivals[0].slot] == 1


async def test_every_instance_is_fed_from_where_it_is(side: FaustSide) -> None:
    records = day(side.shop.journal, 40, seed=4)
    consumer = side.consumer(ORDER_HISTORY)
    arrivals = ours(await side.happened(records), ORDER_HISTORY)
    await consumer.take(arrivals[:100])
    async with side.shop.conn.transaction():
        second = await create(side.shop.conn, ORDER_HISTORY, slots=SLOTS, state="fed", at=NOON)
    for batch in in_batches(arrivals[100:]):
        await consumer.take(batch)
    assert side.tables(second) == side.tables("order_history_v1") == await side.expected(ORDER_HISTORY, records)


async def test_a_long_gap_is_filled_page_by_page(side: FaustSide) -> None:
    records = day(side.shop.journal, 200, seed=5)
    await side.happened(records)
    consumer, pages = side.consumer(ORDER_HISTORY), 0
    while await consumer.catch_up("order_history_v1", side.carrier.slots):
        pages += 1
    assert pages == 2
    assert side.tables("order_history_v1") == await side.expected(ORDER_HISTORY, records)


async def test_an_instance_of_another_version_of_the_code_is_left_alone(side: FaustSide) -> None:
    arrivals = await side.happened(opening(side.shop.journal))
    await side.consumer(replace(CATALOGUE, version=2)).take(arrivals)
    assert set((await tracked(side.shop.conn, "catalogue_v1")).values()) == {0}


async def test_an_event_in_the_gap_that_cannot_be_read_stops_its_slot(side: FaustSide) -> None:
    records = side.shop.journal.record(product(1), *(listed(product(1), name=f"name {n}") for n in range(4)))
    arrivals = await side.happened(records)
    await side.shop.conn.execute(
        "UPDATE till.stored_events SET topic = 'catalogue.from-the-future:1' WHERE notification_id = 2"
    )
    consumer, slot = side.consumer(CATALOGUE), arrivals[0].slot
    await consumer.take([arrivals[3]])
    (stop,) = await poison.stops(side.shop.conn)
    assert (stop.slot, stop.position, stop.type) == (slot, 2, "catalogue.from-the-future:1")
    assert (await tracked(side.shop.conn, "catalogue_v1"))[slot] == 1
    await poison.skip(side.shop.conn, "catalogue", 2, by="operator", at=NOON)
    assert await consumer.catch_up("catalogue_v1", side.carrier.slots)
    names = await bulk.read(side.shop.conn, "SELECT name FROM catalogue_v1.product")
    assert names == [("name 3",)]
