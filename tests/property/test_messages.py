"""Every event that could be recorded survives the journey, and whatever else arrives is refused in one way only."""

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.shared.event import Event
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.streaming.message import Header, Received, Unreadable, message_of, record_of
from tests.support.events import events_of
from tests.support.messages import CODEC, PARTITIONS, PREFIX, message, received, recorded, stored
from tests.unit.streaming.test_message import RESERVED

PUBLISHED = [kind for category in CATEGORIES if category.family for kind in category.events]
POSITIONS = st.integers(1, 2**63 - 1) | st.sampled_from((1, 2**63 - 1))
OFFSETS = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
TIMES = st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=OFFSETS)  # noqa: DTZ001 - bounds are naive
SENT = message(RESERVED)


@pytest.mark.parametrize("kind", PUBLISHED, ids=lambda kind: kind.__name__)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_what_arrives_is_what_the_log_would_give(kind: type[Event], data: st.DataObject) -> None:
    position = data.draw(POSITIONS)
    row = stored(
        data.draw(events_of(kind)),
        position=position,
        stream=data.draw(st.uuids()),
        version=data.draw(POSITIONS),
        ordering_key=data.draw(st.uuids() | st.sampled_from((UUID(int=0), UUID(int=2**128 - 1)))),
        recorded_at=data.draw(TIMES),
        command_id=data.draw(st.none() | st.uuids()),
    )
    prev = data.draw(st.integers(0, position - 1))
    sent = message_of(row, prev=prev, prefix=PREFIX, partitions=PARTITIONS)
    assert received(sent) == Received(recorded(row), prev)


VALUES = st.none() | st.binary(max_size=40) | st.text("0123456789-+:TZabcdef.", max_size=40).map(str.encode)


@given(
    changed=st.dictionaries(st.sampled_from([name for name, _ in SENT.headers]), VALUES, max_size=3),
    added=st.lists(
        st.tuples(st.sampled_from([name for name, _ in SENT.headers]) | st.text(max_size=5), VALUES), max_size=2
    ),
    key=st.just(SENT.key) | VALUES,
    value=st.just(SENT.value) | VALUES,
    partition=st.just(SENT.partition) | st.integers(0, 20),
)
def test_whatever_arrives_is_read_or_refused_and_nothing_else(
    changed: dict[str, bytes | None],
    added: list[Header],
    key: bytes | None,
    value: bytes | None,
    partition: int,
) -> None:
    headers = [(name, changed.get(name, mine)) for name, mine in SENT.headers] + added
    found = read_or_refused(partition, key, value, headers)
    if isinstance(found, Unreadable):
        assert found.position is None or (b"%d" % found.position) in dict(headers).values()
    else:
        record = found.record
        told = {"position": record.position, "prev": found.prev, "ce_id": f"{record.stream}:{record.version}"}
        assert {(name, str(figure).encode()) for name, figure in told.items()} <= set(headers)


def read_or_refused(
    partition: int, key: bytes | None, value: bytes | None, headers: list[Header]
) -> Received | Unreadable:
    try:
        return record_of(SENT.topic, partition, key, value, headers, codec=CODEC, partitions=PARTITIONS)
    except Unreadable as unreadable:
        return unreadable


def test_the_fuzz_begins_with_a_message_that_is_readable() -> None:
    assert received(SENT).record == recorded(stored(RESERVED))


def test_a_changed_position_is_a_changed_record() -> None:
    moved = replace(SENT, headers=[(name, b"13" if name == "position" else value) for name, value in SENT.headers])
    assert received(moved).record.position == 13
