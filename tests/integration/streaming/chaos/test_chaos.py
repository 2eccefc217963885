"""Whatever is done to relays, workers, broker and database: in the end the tables are what the log says."""

from collections.abc import Callable

from infrastructure.bootstrap.tables import projections
from tests.integration.streaming.chaos.aftermath import PREFIX, Aftermath
from tests.integration.streaming.chaos.harms import harms
from tests.support.arrivals import accepted, total
from tests.support.loops import rows
from tests.support.mixed_log import published_types, types_in
from tests.support.postgres import TestServer
from tests.support.relays import assert_nothing_lost, expected
from tests.support.twin import copy_log, differences, feed_in_process, tables

PARTITIONS = 8
FAILOVER_SECONDS = 5.0


async def test_the_tables_are_those_of_the_in_process_driver(aftermath: Aftermath, postgres: TestServer) -> None:
    assert aftermath.head >= aftermath.size
    assert published_types() <= set(types_in(aftermath.database))
    with postgres.fresh() as twin:
        copy_log(aftermath.database, twin)
        await feed_in_process(twin)
        assert differences(aftermath.tables, tables(twin)) == {}
    print({table: count for table, (count, _) in aftermath.tables.items()})


def test_nothing_stopped_and_nothing_was_laid_aside(aftermath: Aftermath) -> None:
    assert rows(aftermath.database, "SELECT name, slot, position, error FROM till.poison") == []
    assert rows(aftermath.database, "SELECT name, slot, position, error FROM till.dead_letter") == []


def test_every_harm_was_done(aftermath: Aftermath, record_property: Callable[[str, object], None]) -> None:
    sent, types = total(expected(aftermath.database, PREFIX)), types_in(aftermath.database)
    wanted = sum(types[kind.topic] for projection in projections() for kind in projection.events)
    figures = {
        "seed": aftermath.seed,
        "seconds": round(aftermath.seconds),
        "events": aftermath.head,
        "sent": sent,
        "sentAgainByUs": aftermath.copies,
        "inTheTopics": total(aftermath.topics),
        "harms": dict(aftermath.done),
        "slotsOvertaking": aftermath.overtakings,
        "wanted": wanted,
        "broughtByKafka": aftermath.by_kafka,
        "readFromTheLog": aftermath.by_log,
        "takeoverSeconds": [round(each, 2) for each in aftermath.takeovers],
    }
    print(figures)
    record_property("figures", figures)
    assert aftermath.done == {harm.__name__: times for harm, times in harms(aftermath.size).items()}
    assert aftermath.copies >= sent / 5
    assert aftermath.overtakings, "every slot was consumed in the order of the log"
    assert aftermath.by_kafka + aftermath.by_log <= wanted, "some events were applied more than once"
    assert aftermath.by_kafka > 4 * aftermath.by_log, "it was the log that brought what Kafka should have"
    assert max(aftermath.takeovers) < FAILOVER_SECONDS


def test_every_slot_is_whole_and_in_order_in_its_partition(aftermath: Aftermath) -> None:
    assert_nothing_lost(aftermath.topics, expected(aftermath.database, PREFIX))
    for messages in aftermath.topics.values():
        kept = accepted(messages, partitions=PARTITIONS)
        assert [each.prev for each in kept] == [0, *(each.record.position for each in kept[:-1])]


def test_every_stream_is_whole_and_in_order_for_its_key(aftermath: Aftermath) -> None:
    found = dict[str, list[int]]()
    for messages in aftermath.topics.values():
        for each in accepted(messages, partitions=PARTITIONS):
            found.setdefault(str(each.record.stream), []).append(each.record.version)
    query = "SELECT originator_id::text, max(originator_version) FROM till.stored_events GROUP BY 1"
    versions = dict(rows(aftermath.database, query))
    assert found == {stream: list(range(1, versions[stream] + 1)) for stream in found}
