"""The relay sends all that is published of the log, in order per key, and tells how far it is."""

import psycopg
import pytest

from application.ports.log import Record
from infrastructure.eventstore.codec import UnknownTopic
from infrastructure.eventstore.reader import LogReader
from infrastructure.streaming.relay_state import LogHasGap
from infrastructure.streaming.sending import Unsendable
from tests.support.arrivals import accepted, arrived, positions
from tests.support.fake_kafka import FakeKafka
from tests.support.messages import CODEC, PARTITIONS, PREFIX
from tests.support.relays import expected, fill, log_of, make_topics, relay, run_to_its_end, running, saved
from tests.support.system import eventually


@pytest.fixture
def prefix(broker: str, topic_prefix: str) -> str:
    """Of topics that are there."""
    make_topics(broker, topic_prefix)
    return topic_prefix


def caught_up(database: str, head: int) -> None:
    eventually("the relay at the head", lambda: saved(database)[0] == head)


async def records(database: str) -> list[Record]:
    async with await psycopg.AsyncConnection.connect(database) as conn:
        return await LogReader(CODEC).read(conn, after=0, limit=10**6)


async def test_everything_published_arrives_once_in_order_with_what_came_before_it(
    database: str, broker: str, prefix: str
) -> None:
    head = fill(database, 3_000)
    with running(relay(database, broker, prefix)):
        caught_up(database, head)
    found = arrived(broker, prefix)
    assert found == expected(database, prefix)
    published = [each for each in await records(database) if each.family]
    assert 0 < len(published) < head
    kept = [each.record for messages in found.values() for each in accepted(messages, partitions=PARTITIONS)]
    assert sorted(kept, key=lambda record: record.position) == published


def test_what_is_written_meanwhile_is_sent_at_once(database: str, broker: str, prefix: str) -> None:
    with running(relay(database, broker, prefix)):
        for number in range(5):
            caught_up(database, fill(database, 1 + 700 * number, seed=number))
    assert arrived(broker, prefix) == expected(database, prefix)


def test_a_relay_goes_on_where_the_one_before_it_was(database: str, broker: str, prefix: str) -> None:
    for seed in range(3):
        head = fill(database, 40, seed=seed)
        with running(relay(database, broker, prefix)):
            caught_up(database, head)
    assert arrived(broker, prefix) == expected(database, prefix)


def test_it_saves_the_last_position_of_each_slot(database: str, broker: str, prefix: str) -> None:
    head = fill(database, 500)
    with running(relay(database, broker, prefix)):
        caught_up(database, head)
    wanted = expected(database, prefix)
    lasts = {f"{topic.rpartition('.')[2]}-{n}": positions(sent)[-1] for (topic, n), sent in wanted.items()}
    assert saved(database) == (head, lasts)


def test_private_events_move_the_position_and_are_not_sent(database: str, broker: str, prefix: str) -> None:
    head = fill(database, 300)
    public = {row.position for row in log_of(database) if row.family is not None}
    with running(relay(database, broker, prefix)):
        caught_up(database, head)
    found = arrived(broker, prefix)
    assert {position for messages in found.values() for position in positions(messages)} == public
    assert not any(b"email-claim" in dict(each.headers)["ce_type"] for sent in found.values() for each in sent)


def test_an_event_of_newer_code_stops_it_right_there(database: str, broker: str, prefix: str) -> None:
    fill(database, 20)
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE till.stored_events SET topic = 'ordering.order-teleported:1' WHERE notification_id = 13")
    with pytest.raises(UnknownTopic, match=r"ordering\.order-teleported:1 at position 13"):
        run_to_its_end(relay(database, broker, prefix))
    assert saved(database)[0] == 12
    before = {row.position for row in log_of(database)[:12] if row.family is not None}
    assert {position for sent in arrived(broker, prefix).values() for position in positions(sent)} == before


def test_a_hole_in_the_log_stops_it_before_the_hole(database: str, broker: str, prefix: str) -> None:
    fill(database, 20)
    with psycopg.connect(database) as conn:
        conn.execute("DELETE FROM till.stored_events WHERE notification_id = 13")
    with pytest.raises(LogHasGap, match="of the positions 1 to 20 only 19 are in the log"):
        run_to_its_end(relay(database, broker, prefix))
    assert saved(database) == (0, {})


def test_an_event_too_large_for_kafka_stops_it_and_is_not_passed_over(database: str, broker: str, prefix: str) -> None:
    fill(database, 20)
    with psycopg.connect(database) as conn:
        conn.execute(
            "UPDATE till.stored_events SET topic = 'ordering.order-placed:1', state = %s WHERE notification_id = 13",
            (b"x" * (3 * 1024 * 1024),),
        )
    with pytest.raises(Unsendable):
        run_to_its_end(relay(database, broker, prefix))
    assert saved(database) == (0, {})


def test_heavy_events_travel_in_smaller_batches(database: str) -> None:
    fill(database, 60)
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE till.stored_events SET state = %s", (b'"' + b"x" * 500_000 + b'"',))
    kafka = FakeKafka()
    with running(relay(database, "", PREFIX, make_sender=lambda _: kafka.sender())):
        caught_up(database, 60)
    assert kafka.largest_batch < 20
    wanted = {place: positions(sent) for place, sent in expected(database, PREFIX).items()}
    assert {place: positions(sent) for place, sent in kafka.arrived.items()} == wanted
