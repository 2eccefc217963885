"""A log of everything that can happen, relays that send it, and what has to arrive."""

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from application.ports.log import slot_of
from infrastructure.eventstore.raw import RawReader, StoredEvent
from infrastructure.streaming.message import Message, message_of, partition_of, topic_of
from infrastructure.streaming.relay import Relay
from infrastructure.streaming.relay_state import RelayState
from infrastructure.streaming.sending import KafkaSender, Sender
from infrastructure.streaming.topics import ensure_topics
from tests.golden.catalogue import CATALOGUE
from tests.golden.customers import CUSTOMERS
from tests.golden.orders import ORDERS
from tests.support.arrivals import Arrived, accepted, positions
from tests.support.messages import CODEC, PARTITIONS
from tests.support.times import NOON

EVENTS = (*CUSTOMERS, *CATALOGUE, *ORDERS)
"""One of each kind, private ones among them."""
KEYS = 60
DELIVERY = 3.0

_HEAD = "UPDATE till.log_head SET position = position + %s, recorded_at = %s RETURNING position"
_INSERT = """
INSERT INTO till.stored_events
    (originator_id, originator_version, topic, state, notification_id, ordering_key, recorded_at, command_id)
VALUES (%s, 1, %s, %s, %s, %s, %s, %s)
"""


def fill(database: str, count: int, *, seed: int = 1) -> int:
    """Append so many events of all kinds for a few keys; gives the log's head."""
    luck = random.Random(seed)
    with psycopg.connect(database) as conn:
        row = conn.execute(_HEAD, (count, NOON)).fetchone()
        assert row is not None
        head = int(row[0])
        conn.cursor().executemany(_INSERT, [_row(luck, position) for position in range(head - count + 1, head + 1)])
        conn.execute("NOTIFY till_log")
    return head


def _row(luck: random.Random, position: int) -> tuple[Any, ...]:
    event = luck.choice(EVENTS)
    stream, command = UUID(int=luck.getrandbits(128)), UUID(int=luck.getrandbits(128))
    key = UUID(int=luck.randrange(KEYS))
    return stream, CODEC.name(event), CODEC.encode(event), position, key, NOON, luck.choice((None, command))


def log_of(database: str) -> list[StoredEvent]:
    with psycopg.connect(database) as conn:
        return RawReader(CODEC).read(conn, after=0, limit=10**6, weight=10**12)


def expected(database: str, prefix: str) -> dict[tuple[str, int], list[Message]]:
    """What a relay that never met a failure would have sent."""
    found: dict[tuple[str, int], list[Message]] = defaultdict(list)
    lasts: dict[str, int] = {}
    for row in log_of(database):
        if row.family is not None:
            slot = slot_of(row.family, row.ordering_key, PARTITIONS)
            place = topic_of(row.family, prefix=prefix), partition_of(slot)
            sent = message_of(row, prev=lasts.get(slot, 0), prefix=prefix, partitions=PARTITIONS)
            found[place].append(sent)
            lasts[slot] = row.position
    return found


def assert_nothing_lost(arrivals: Arrived, wanted: Arrived) -> None:
    """Without what consumers drop, every partition holds every one of its messages once and in order, gaps none."""
    assert arrivals.keys() == wanted.keys()
    for place, messages in arrivals.items():
        kept = [each.record.position for each in accepted(messages, partitions=PARTITIONS)]
        assert kept == positions(wanted[place]), place
        assert set(map(_whole, messages)) == set(map(_whole, wanted[place])), place


def _whole(message: Message) -> tuple[Any, ...]:
    """A repeat is the same to the byte, `prev` included."""
    return message.key, message.value, tuple(message.headers)


def saved(database: str) -> tuple[int, dict[str, int]]:
    """The position and the slots that the relays have in common."""
    with psycopg.connect(database) as conn:
        row = conn.execute("SELECT position, slots FROM till.relay").fetchone()
    assert row is not None
    return row[0], row[1]


def make_topics(bootstrap: str, prefix: str) -> None:
    ensure_topics(
        bootstrap.split(","), prefix=prefix, partitions=PARTITIONS, replication=1, retention=timedelta(days=1)
    )


def relay(
    database: str,
    bootstrap: str,
    prefix: str,
    *,
    connect: Callable[[], RelayState] | None = None,
    make_sender: Callable[[int], Sender] | None = None,
) -> Relay:
    return Relay(
        connect=connect or (lambda: RelayState.connect(database, CODEC)),
        make_sender=make_sender or (lambda _: KafkaSender(bootstrap.split(","), delivery=DELIVERY)),
        prefix=prefix,
    )


def run_to_its_end(each: Relay) -> None:
    """Raises what ended it; it is stopped where nothing does."""
    stop = threading.Event()
    deadline = threading.Timer(20, stop.set)
    deadline.start()
    try:
        each.run(stop)
    finally:
        deadline.cancel()


@contextmanager
def running(*relays: Relay) -> Iterator[None]:
    """In threads, for the length of the block; raises what ended one of them early."""
    stop, failures = threading.Event(), list[BaseException]()

    def run(each: Relay) -> None:
        try:
            each.run(stop)
        except BaseException as failure:  # noqa: BLE001 - raised again below, in the test's own thread
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(each,)) for each in relays]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    if failures:
        raise failures[0]
