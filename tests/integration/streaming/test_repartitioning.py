"""The number of slots changes only when all is drained; then nothing is lost, and nothing is read twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from application.ports.log import slot_of
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.postgres.connect import bounded
from infrastructure.runner.feeding import Feeder
from infrastructure.runner.instances import ensure
from infrastructure.runner.slots import Slots
from infrastructure.streaming import repartitioning
from infrastructure.streaming.repartitioning import NotDrained, repartition
from projections.accounts import ACCOUNTS
from projections.carts import CARTS
from projections.projection import Connection
from tests.support.arrivals import position
from tests.support.fake_kafka import FakeKafka
from tests.support.journal import Journal
from tests.support.messages import CODEC
from tests.support.relays import fill, log_of, relay, running, saved
from tests.support.system import eventually
from tests.support.times import NOON

PROJECTIONS = (ACCOUNTS, CARTS)
FORMER = Slots(CATEGORIES, 8)


async def drained(database: str) -> int:
    """All has been read and sent; gives the log's head. The rows that projectors would write do not matter here."""
    head = fill(database, 400)
    journal = Journal(database)
    async with await journal.connect() as conn:
        await ensure(conn, PROJECTIONS, slots=FORMER, at=NOON)
        await finish(conn, head)
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE till.relay SET position = %s, slots = %s", (head, '{"orders-3": 7}'))
    return head


async def finish(conn: Connection, head: int) -> None:
    for projection in PROJECTIONS:
        feeder = Feeder(projection, f"{projection.name}_v1", slots=FORMER, clock=Journal("").clock)
        await feeder.feed_all_slots(conn, [], upto=head)


def changed(database: str, partitions: int) -> int:
    return repartition(database, partitions=partitions, codec=CODEC, settle=0)


def rows(database: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database) as conn:
        return conn.execute(query).fetchall()


def lasts(database: str, partitions: int) -> dict[str, int]:
    """The last position of each slot."""
    return {slot_of(row.family, row.ordering_key, partitions): row.position for row in log_of(database) if row.family}


@pytest.mark.parametrize("partitions", [3, 16])
async def test_when_all_is_drained_everything_is_slotted_anew(database: str, partitions: int) -> None:
    head = await drained(database)
    assert changed(database, partitions) == 8
    assert rows(database, "SELECT value FROM till.setting WHERE name = 'partitions'") == [(str(partitions),)]
    now = Slots(CATEGORIES, partitions)
    wanted = {(f"{each.name}_v1", slot, head, False) for each in PROJECTIONS for slot in now.consumed_by(each)}
    assert set(rows(database, "SELECT schema_name, slot, position, stopped FROM till.tracking")) == wanted
    assert rows(database, "SELECT position, slots FROM till.relay") == [(head, lasts(database, partitions))]


async def test_a_relay_that_never_ran_will_send_everything(database: str) -> None:
    await drained(database)
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE till.relay SET position = 0, slots = '{}'")
    changed(database, 16)
    assert rows(database, "SELECT position, slots FROM till.relay") == [(0, {})]


async def test_what_is_written_while_the_log_is_read_counts_too(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await drained(database)
    read_on, late = repartitioning._read_on, list[int]()

    def slowly(conn: Any, position: int, *rest: Any) -> int:
        end = read_on(conn, position, *rest)
        if not late:
            late.append(fill(database, 60, seed=9))
            with psycopg.connect(database) as other:
                other.execute("UPDATE till.tracking SET position = %s", (late[0],))
                other.execute("UPDATE till.relay SET position = %s", (late[0],))
        return end

    monkeypatch.setattr(repartitioning, "_read_on", slowly)
    changed(database, 16)
    assert rows(database, "SELECT position, slots FROM till.relay") == [(late[0], lasts(database, 16))]


def lag(conn: psycopg.Connection[Any]) -> None:
    """One slot of carts has not read its last event."""
    slot = max(log_slots(conn), key=lambda each: each[1])
    conn.execute(
        "UPDATE till.tracking SET position = %s WHERE slot = %s AND schema_name = 'carts_v1'", (slot[1] - 1, slot[0])
    )


def log_slots(conn: psycopg.Connection[Any]) -> list[tuple[str, int]]:
    found = conn.execute("SELECT topic, ordering_key, notification_id FROM till.stored_events ORDER BY 3").fetchall()
    return [(slot_of(family, key, 8), position) for topic, key, position in found if (family := _customers(topic))]


def _customers(topic: str) -> Any:
    family = CODEC.category(topic).family
    return family if family == "customers" else None


def quiet_lag(conn: psycopg.Connection[Any]) -> None:
    """As Kafka leaves it: each slot at its own last event, which is before the head."""
    for slot, last in log_slots(conn):
        conn.execute("UPDATE till.tracking SET position = %s WHERE slot = %s", (last, slot))


def stop(conn: psycopg.Connection[Any]) -> None:
    conn.execute("UPDATE till.tracking SET stopped = true WHERE slot = 'customers-5' AND schema_name = 'accounts_v1'")


def build(conn: psycopg.Connection[Any]) -> None:
    conn.execute("UPDATE till.projection_instance SET state = 'building' WHERE name = 'carts'")


def leave_unsent(conn: psycopg.Connection[Any]) -> None:
    conn.execute("UPDATE till.relay SET position = 399")


UNFINISHED: list[tuple[Callable[[psycopg.Connection[Any]], None], str]] = [
    (lag, "carts_v1 has not read everything, in 1 of its slots"),
    (stop, "accounts_v1 has stopped in customers-5: decide by `till projections` or `till dead-letters`"),
    (build, "carts_v1 is being built"),
    (leave_unsent, "the relay has sent up to 399 of 400"),
]


@pytest.mark.parametrize(("plant", "reason"), UNFINISHED, ids=lambda each: getattr(each, "__name__", ""))
async def test_what_is_not_drained_is_named_and_nothing_changes(
    database: str, plant: Callable[[psycopg.Connection[Any]], None], reason: str
) -> None:
    await drained(database)
    with psycopg.connect(database) as conn:
        plant(conn)
    tables = ("till.setting", "till.tracking", "till.relay", "till.projection_instance")
    before = [rows(database, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
    with pytest.raises(NotDrained) as refused:
        changed(database, 16)
    assert refused.value.reasons == (reason,)
    assert [rows(database, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables] == before


async def test_a_slot_at_its_own_last_event_has_read_everything(database: str) -> None:
    head = await drained(database)
    with psycopg.connect(database) as conn:
        quiet_lag(conn)
    changed(database, 16)
    assert rows(database, "SELECT DISTINCT position FROM till.tracking") == [(head,)]


async def test_who_is_still_connected_is_named(database: str) -> None:
    await drained(database)
    names = ["till api writer", "till relay", "till relay"]
    there = [psycopg.connect(bounded(database, application_name=name)) for name in names]
    try:
        with pytest.raises(NotDrained) as refused:
            changed(database, 16)
    finally:
        for conn in there:
            conn.close()
    assert refused.value.reasons == ("still connected: till api writer (1), till relay (2)",)


HELD = """
SELECT FROM pg_locks WHERE relation = 'till.setting'::regclass AND mode = 'AccessExclusiveLock' AND granted
"""


def refused_to_wait(database: str, query: str) -> bool:
    with psycopg.connect(database) as conn:
        conn.execute("SET lock_timeout = '50ms'")
        try:
            conn.execute(query)
        except psycopg.errors.LockNotAvailable:
            return True
    return False


async def test_meanwhile_nobody_learns_the_number_or_appends_and_who_appears_is_noticed(database: str) -> None:
    await drained(database)
    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(repartition, database, partitions=16, codec=CODEC, settle=2)
        eventually("the lock", lambda: rows(database, HELD))
        assert refused_to_wait(database, "SELECT value FROM till.setting WHERE name = 'partitions'")
        assert refused_to_wait(database, "UPDATE till.log_head SET position = position + 1")
        with (
            psycopg.connect(bounded(database, application_name="till late")),
            pytest.raises(NotDrained, match=r"still connected: till late \(1\)"),
        ):
            changing.result(10)


async def test_the_relay_goes_on_in_the_new_slots_so_that_gaps_can_be_told(database: str) -> None:
    head = await drained(database)
    before = lasts(database, 3)
    changed(database, 3)
    end = fill(database, 200, seed=2)
    kafka = FakeKafka()
    with running(relay(database, "", "other", make_sender=lambda _: kafka.sender())):
        eventually("the relay at the head", lambda: saved(database)[0] == end)
    firsts = {f"{topic.rpartition('.')[2]}-{number}": sent[0] for (topic, number), sent in kafka.arrived.items()}
    assert {slot: int(dict(first.headers)["prev"]) for slot, first in firsts.items()} == {
        slot: before.get(slot, 0) for slot in firsts
    }
    assert len(firsts) == 9
    assert min(position(first) for first in firsts.values()) > head
