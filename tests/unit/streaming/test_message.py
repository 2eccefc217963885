"""An event travels as its stored bytes in a CloudEvents envelope, and arrives as the record that the log has."""

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from application.ports.log import slot_of
from domain.inventory.events import StockReserved
from domain.shared.category import Family
from domain.shared.event import Event
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.streaming.message import Received, message_of, partition_of, topic_of
from tests.golden.catalogue import CATALOGUE
from tests.golden.customers import CUSTOMERS
from tests.golden.orders import ORDERS
from tests.golden.webhooks import WEBHOOKS
from tests.support.messages import COMMAND, KEY, PARTITIONS, PREFIX, STREAM, message, received, recorded, stored
from tests.support.times import NOON

RESERVED = next(event for event in CATALOGUE if isinstance(event, StockReserved))
PRIVATE: list[type[Event]] = [kind for category in CATEGORIES if category.family is None for kind in category.events]
PUBLIC = [event for event in (*CUSTOMERS, *CATALOGUE, *ORDERS) if type(event) not in PRIVATE]

PINNED = [
    ("ce_specversion", b"1.0"),
    ("ce_source", b"/tillstream"),
    ("content-type", b"application/json"),
    ("ce_id", b"0b000000-0000-4000-8000-000000000001:7"),
    ("ce_type", b"inventory.stock-reserved"),
    ("ce_typeversion", b"1"),
    ("ce_subject", b"0b000000-0000-4000-8000-000000000001"),
    ("ce_streamversion", b"7"),
    ("ce_time", b"2026-11-21T12:00:00Z"),
    ("ce_partitionkey", b"0e000000-0000-4000-8000-000000000003"),
    ("position", b"12"),
    ("prev", b"9"),
    ("ce_commandid", b"c0000000-0000-4000-8000-000000000003"),
]


def test_the_bytes_on_the_wire_are_pinned() -> None:
    sent = message(RESERVED)
    assert sent.headers == PINNED
    assert (sent.topic, sent.partition, sent.key) == ("commerce.catalogue", 6, b"0e000000-0000-4000-8000-000000000003")


def test_the_value_is_what_the_log_holds_to_the_byte() -> None:
    odd = b'{ "order_id" : "..." }'
    assert message(RESERVED, state=odd).value is odd


@pytest.mark.parametrize("event", PUBLIC, ids=lambda event: type(event).__name__)
def test_what_was_sent_is_what_the_log_would_give(event: Event) -> None:
    row = stored(event)
    sent = message_of(row, prev=9, prefix=PREFIX, partitions=PARTITIONS)
    assert received(sent) == Received(recorded(row), 9)


def test_an_event_without_a_command_has_no_header_for_it() -> None:
    sent = message(RESERVED, command_id=None)
    assert "ce_commandid" not in dict(sent.headers)
    assert received(sent).record.command_id is None


def test_the_first_of_a_slot_has_nothing_before_it() -> None:
    assert received(message(RESERVED, prev=0)).prev == 0


def test_a_time_is_told_in_utc_whatever_the_database_session_speaks() -> None:
    there = datetime(2026, 11, 21, 17, 30, 0, 250, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    sent = message(RESERVED, recorded_at=there)
    assert dict(sent.headers)["ce_time"] == b"2026-11-21T12:00:00.000250Z"
    assert received(sent).record.recorded_at == NOON.replace(microsecond=250)


def test_the_same_event_makes_the_same_message_every_time() -> None:
    assert message(RESERVED) == message(RESERVED)


@pytest.mark.parametrize("key", [UUID(int=n * 7919) for n in range(40)])
def test_a_message_goes_to_the_partition_of_its_slot(key: UUID) -> None:
    sent = message(RESERVED, ordering_key=key)
    assert slot_of(Family.CATALOGUE, key, PARTITIONS) == f"catalogue-{sent.partition}"


@pytest.mark.parametrize("kind", PRIVATE, ids=lambda kind: kind.__name__)
def test_what_is_private_makes_no_message(kind: type[Event]) -> None:
    event = next(event for event in (*CUSTOMERS, *WEBHOOKS) if type(event) is kind)
    with pytest.raises(ValueError, match="is private"):
        message(event)


def test_names_of_topics_and_slots_belong_together() -> None:
    assert topic_of(Family.ORDERS, prefix="shop") == "shop.orders"
    assert partition_of("orders-11") == 11


def test_ids_in_the_pinned_headers_are_those_of_the_row() -> None:
    assert (str(STREAM), str(KEY), str(COMMAND)) == tuple(
        dict(PINNED)[name].decode() for name in ("ce_subject", "ce_partitionkey", "ce_commandid")
    )
