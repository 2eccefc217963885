"""A record that cannot be read is kept, stops its slot, and goes on only when somebody decides; nothing is lost."""

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from application.ports.log import slot_of
from domain.shared.category import Family
from domain.shared.event import Event
from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.runner import poison
from infrastructure.runner.rebuild import Rebuild
from infrastructure.streaming import dead_letters
from infrastructure.streaming.arriving import Arrival
from infrastructure.streaming.consuming import Consumer
from infrastructure.streaming.dead_letters import DeadLetter, NothingToDecide, StillUnreadable
from projections import bulk
from projections.catalogue import CATALOGUE
from projections.stock_levels import STOCK_LEVELS
from tests.support.faust_carrier import with_headers
from tests.support.faust_side import FaustSide, faust_side_on
from tests.support.happenings import listed, product
from tests.support.journal import SLOTS
from tests.support.read_side import tracked
from tests.support.times import NOON

LIVE = "catalogue_v1"
SLOT = slot_of(Family.CATALOGUE, product(1), 8)
PARTITION = int(SLOT.rpartition("-")[2])
ELSEWHERE = next(n for n in range(2, 99) if slot_of(Family.CATALOGUE, product(n), 8) != SLOT)


@pytest.fixture
async def side(database: str) -> AsyncIterator[FaustSide]:
    async with faust_side_on(database) as opened:
        yield opened


@pytest.fixture
def consumer(side: FaustSide) -> Consumer:
    return side.consumer(CATALOGUE)


async def renamed(side: FaustSide, count: int = 4) -> list[Arrival]:
    """One product under `count` names, one after the other; then another product, in another slot."""
    record = side.shop.journal.record
    names = record(product(1), *(listed(product(1), name=f"name {n}") for n in range(1, count + 1)))
    return await side.happened([*names, *record(product(ELSEWHERE), listed(product(ELSEWHERE), name="other"))])


async def names(side: FaustSide, schema: str = LIVE) -> set[str]:
    return {name for (name,) in await bulk.read(side.shop.conn, f"SELECT name FROM {schema}.product")}


async def letters(side: FaustSide) -> list[DeadLetter]:
    return await dead_letters.dead_letters(side.shop.conn)


async def skip(side: FaustSide, letter: DeadLetter) -> None:
    await dead_letters.skip(side.shop.conn, letter.id, by="operator", at=NOON)


async def retry(side: FaustSide, letter: DeadLetter, codec: EventCodec | None = None) -> None:
    await dead_letters.retry(side.shop.conn, letter.id, log=side.log(codec), by="operator", at=NOON)


async def catch_up(side: FaustSide, consumer: Consumer) -> None:
    while await consumer.catch_up(LIVE, side.carrier.slots):
        pass


async def test_what_a_stranger_sent_is_kept_whole_and_stops_its_slot_alone(side: FaustSide, consumer: Consumer) -> None:
    arrivals = await renamed(side)
    sent = side.carrier.stranger(PARTITION, "catalogue", value=b"\x00\xff")
    strange = replace(sent, key=b"\x00", headers=[("\x00", None), ("twice", b"\xfe"), ("twice", b"")])
    await consumer.take([*arrivals[:2], strange, *arrivals[2:]])
    assert await names(side) == {"name 2", "other"}
    (letter,) = await letters(side)
    assert letter.arrival == strange
    assert (letter.name, letter.slot, letter.position, letter.status) == ("catalogue", SLOT, None, "stopped")
    assert letter.error.startswith("headers: ")
    assert (await tracked(side.shop.conn, LIVE))[SLOT] == 2


async def test_what_came_after_a_stranger_is_not_lost(side: FaustSide, consumer: Consumer) -> None:
    arrivals = await renamed(side)
    await consumer.take([*arrivals[:2], side.carrier.stranger(PARTITION, "catalogue"), *arrivals[2:]])
    (letter,) = await letters(side)
    with pytest.raises(StillUnreadable, match="headers"):
        await retry(side, letter)
    await skip(side, letter)
    await catch_up(side, consumer)
    assert await names(side) == {"name 4", "other"}
    ((status, by, at),) = await bulk.read(side.shop.conn, "SELECT status, acted_by, acted_at FROM till.dead_letter")
    assert (status, by, at) == ("skipped", "operator", NOON)
    assert not await letters(side)


async def test_what_comes_after_the_decision_brings_what_came_before_it(side: FaustSide, consumer: Consumer) -> None:
    arrivals = await renamed(side)
    await consumer.take([*arrivals[:2], side.carrier.stranger(PARTITION, "catalogue"), arrivals[2]])
    await skip(side, (await letters(side))[0])
    await consumer.take(arrivals[3:])
    assert await names(side) == {"name 4", "other"}


async def test_nothing_is_kept_twice(side: FaustSide, consumer: Consumer) -> None:
    arrivals = await renamed(side)
    batch = [*arrivals[:2], side.carrier.stranger(PARTITION, "catalogue")]
    await consumer.take(batch)
    await consumer.take(batch)
    assert len(await letters(side)) == 1
    await skip(side, (await letters(side))[0])
    await consumer.take([*batch, *arrivals[2:]])
    assert not await letters(side)
    assert await names(side) == {"name 4", "other"}


async def test_what_was_spoilt_on_the_way_is_taken_from_the_log(side: FaustSide, consumer: Consumer) -> None:
    arrivals = await renamed(side)
    spoilt = [*arrivals[:1], replace(arrivals[1], value=b"{"), *arrivals[2:]]
    await consumer.take(spoilt)
    await consumer.take(side.carrier.again(spoilt))
    assert [letter.position for letter in await letters(side)] == [2, 2]
    assert await names(side) == {"name 1", "other"}
    await retry(side, (await letters(side))[0])
    assert not await letters(side), "copies are settled together"
    await catch_up(side, consumer)
    assert await names(side) == {"name 4", "other"}
    await consumer.take(side.carrier.again(spoilt))
    assert not await letters(side), "what is known already need not be read"


async def test_a_record_that_follows_what_is_not_there_is_taken_from_the_log(
    side: FaustSide, consumer: Consumer
) -> None:
    arrivals = await renamed(side)
    await consumer.take([*arrivals[:2], with_headers(arrivals[2], prev=b"5")])
    (letter,) = await letters(side)
    assert (letter.position, letter.error) == (3, f"follows 5, where the log has no event of {SLOT}")
    await retry(side, letter)
    await catch_up(side, consumer)
    assert await names(side) == {"name 4", "other"}


class Newer(EventCodec):
    """Code that knows the second version of everything."""

    def decode(self, name: str, state: bytes) -> Event:
        return super().decode(name.replace(":2", ":1"), state)


async def from_newer_code(side: FaustSide, kind: str = "catalogue.product-listed", version: int = 2) -> list[Arrival]:
    """The second event is of a type or a version that this code has never heard of."""
    arrivals, topic = await renamed(side), f"{kind}:{version}"
    await side.shop.conn.execute("UPDATE till.stored_events SET topic = %s WHERE notification_id = 2", (topic,))
    arrivals[1] = with_headers(arrivals[1], ce_type=kind.encode(), ce_typeversion=b"%d" % version)
    return arrivals


async def test_an_event_of_newer_code_waits_for_newer_code(side: FaustSide, consumer: Consumer) -> None:
    await consumer.take(await from_newer_code(side))
    (letter,) = await letters(side)
    assert letter.position == 2
    with pytest.raises(StillUnreadable, match="cannot read the event at 2"):
        await retry(side, letter)
    newer = Newer(CATEGORIES)
    await retry(side, letter, newer)
    await catch_up(side, side.consumer(CATALOGUE, codec=newer))
    assert await names(side) == {"name 4", "other"}


@pytest.mark.parametrize(("kind", "version"), [("catalogue.product-listed", 2), ("catalogue.product-gilded", 1)])
async def test_an_event_of_newer_code_can_be_done_without_in_rebuilds_too(
    side: FaustSide, consumer: Consumer, kind: str, version: int
) -> None:
    arrivals = await from_newer_code(side, kind, version)
    await consumer.take(arrivals)
    await skip(side, (await letters(side))[0])
    await catch_up(side, consumer)
    assert await names(side) == {"name 4", "other"}
    assert (await tracked(side.shop.conn, LIVE))[SLOT] == 4
    journal = side.shop.journal
    schema = await Rebuild(
        CATALOGUE, connect=journal.connect, reader=journal.reader, slots=SLOTS, clock=journal.clock
    ).run()
    assert side.tables(schema) == side.tables(LIVE)
    await consumer.take(side.carrier.again(arrivals))
    assert not await letters(side)


async def test_a_record_in_anothers_partition_moves_no_slot(side: FaustSide, consumer: Consumer) -> None:
    arrivals = await renamed(side)
    lost = replace(arrivals[4], partition=PARTITION)
    await consumer.take([arrivals[0], lost, *arrivals[1:4]])
    (letter,) = await letters(side)
    assert (letter.slot, letter.position) == (SLOT, None)
    with pytest.raises(StillUnreadable, match="belongs into"):
        await retry(side, letter)
    await skip(side, letter)
    assert (await tracked(side.shop.conn, LIVE))[SLOT] == 1
    await catch_up(side, consumer)
    assert await names(side) == {"name 4", "other"}


@pytest.mark.parametrize("first", ["poison", "dead letter"])
async def test_a_slot_goes_on_when_all_is_decided(side: FaustSide, consumer: Consumer, first: str) -> None:
    async def skip_poison() -> None:
        await poison.skip(side.shop.conn, "catalogue", 1, by="operator", at=NOON)

    async def skip_letter() -> None:
        await skip(side, (await letters(side))[0])

    record = side.shop.journal.record
    bad = record(product(1), listed(product(1), name="\x00"), listed(product(1), name="good"))
    arrivals = await side.happened(bad)
    await consumer.take([side.carrier.stranger(PARTITION, "catalogue")])
    await skip(side, (await letters(side))[0])
    await consumer.take([arrivals[0], side.carrier.stranger(PARTITION, "catalogue"), arrivals[1]])
    assert len(await poison.stops(side.shop.conn)) == len(await letters(side)) == 1
    decisions = [skip_poison, skip_letter] if first == "poison" else [skip_letter, skip_poison]
    await decisions[0]()
    await catch_up(side, consumer)
    assert await names(side) == set()
    await decisions[1]()
    await catch_up(side, consumer)
    assert await names(side) == {"good"}


async def test_it_stops_only_the_projection_that_could_not_read_it(side: FaustSide, consumer: Consumer) -> None:
    arrivals = await renamed(side)
    await consumer.take([side.carrier.stranger(PARTITION, "catalogue"), *arrivals])
    await side.consumer(STOCK_LEVELS).take(arrivals)
    assert (await tracked(side.shop.conn, LIVE))[SLOT] == 0
    assert (await tracked(side.shop.conn, "stock_levels_v1"))[SLOT] == 4


async def test_nothing_is_decided_twice_or_about_nothing(side: FaustSide, consumer: Consumer) -> None:
    await renamed(side)
    await consumer.take([side.carrier.stranger(PARTITION, "catalogue")])
    (letter,) = await letters(side)
    await skip(side, letter)
    for decided in (letter, replace(letter, id=99)):
        with pytest.raises(NothingToDecide):
            await skip(side, decided)
        with pytest.raises(NothingToDecide):
            await retry(side, decided)
