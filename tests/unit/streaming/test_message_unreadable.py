"""A message that does not keep to the contract is refused, with a reason and where it stands in the log."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import pytest
from msgspec.structs import replace

from domain.inventory.events import StockReserved
from domain.shared.category import Category, Family
from domain.shared.event import Event
from infrastructure.eventstore.codec import EventCodec
from infrastructure.streaming.message import Header, Message, Unreadable, message_of, record_of
from tests.golden.catalogue import CATALOGUE
from tests.support.messages import CODEC, KEY, PARTITIONS, PREFIX, message, received, stored, with_headers

RESERVED = next(event for event in CATALOGUE if isinstance(event, StockReserved))
SENT = message(RESERVED)
NAMES = [name for name, _ in SENT.headers]


def refusal(sent: Message, headers: Sequence[Header] | None = None, **given: Any) -> Unreadable:
    parts: dict[str, Any] = {
        "topic": sent.topic,
        "partition": sent.partition,
        "key": sent.key,
        "value": sent.value,
    } | given
    with pytest.raises(Unreadable) as caught:
        record_of(**parts, headers=sent.headers if headers is None else headers, codec=CODEC, partitions=PARTITIONS)
    return caught.value


@pytest.mark.parametrize("name", [name for name in NAMES if name != "ce_commandid"])
def test_a_header_that_is_missing(name: str) -> None:
    refused = refusal(SENT, [header for header in SENT.headers if header[0] != name])
    assert name in refused.reason
    assert refused.position == (None if name == "position" else 12)


@pytest.mark.parametrize("name", NAMES)
def test_a_header_that_stands_there_twice(name: str) -> None:
    refused = refusal(SENT, [*SENT.headers, (name, dict(SENT.headers)[name])])
    assert "more than once" in refused.reason
    assert refused.position == (None if name == "position" else 12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [None, "é".encode(), b"\xff", b"", b"null", b" 12", b"x" * 40])
def test_a_header_that_is_malformed(name: str, value: bytes | None) -> None:
    assert refusal(SENT, with_headers(SENT, **{name.replace("-", "_"): value})).reason


@pytest.mark.parametrize("name", ["position", "prev", "ce_streamversion", "ce_typeversion"])
@pytest.mark.parametrize(
    "value", [b"-1", b"+1", b"1.0", b"1e3", b"1_0", b"9223372036854775808", b"9" * 30, b"\xd9\xa3"]
)
def test_a_number_that_is_none_or_beyond_what_the_database_counts(name: str, value: bytes) -> None:
    refused = refusal(SENT, with_headers(SENT, **{name: value}))
    assert refused.position == (None if name == "position" else 12)


@pytest.mark.parametrize(
    "value", [b"2026-11-21T12:00:00", b"2026-11-21T13:00:00+01:00", b"2026-11-21", b"1795262400", b"12"]
)
def test_a_time_that_is_not_one_in_utc(value: bytes) -> None:
    assert "ce_time" in refusal(SENT, with_headers(SENT, ce_time=value)).reason


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("position", b"0"),
        ("ce_streamversion", b"0"),
        ("ce_id", b"0b000000-0000-4000-8000-000000000001:8"),
        ("ce_subject", b"0b000000-0000-4000-8000-000000000009"),
        ("ce_source", b"/somebody-else"),
        ("ce_specversion", b"0.3"),
        ("content_type", b"application/xml"),
        ("ce_partitionkey", str(KEY).upper().encode().replace(b"E", b"F")),
    ],
)
def test_a_header_that_says_something_else(name: str, value: bytes) -> None:
    assert refusal(SENT, with_headers(SENT, **{name: value})).reason


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"key": None}, "the key is not that of header ce_partitionkey"),
        ({"key": b"other"}, "the key is not that of header ce_partitionkey"),
        ({"partition": 5}, "of 8 partitions, its key belongs into 6"),
        ({"topic": "commerce.orders"}, "inventory.stock-reserved does not travel in commerce.orders"),
        ({"value": None}, "inventory.stock-reserved:1 without a value"),
        ({"value": b"{}"}, "inventory.stock-reserved:1: Object missing required field"),
        ({"value": b"{"}, "inventory.stock-reserved:1: Input data was truncated"),
        ({"value": b"[" * 100_000}, "inventory.stock-reserved:1: "),
    ],
)
def test_a_part_that_does_not_fit(given: dict[str, Any], reason: str) -> None:
    refused = refusal(SENT, **given)
    assert refused.reason.startswith(reason)
    assert refused.position == 12


def test_an_event_that_nothing_here_knows() -> None:
    assert refusal(SENT, with_headers(SENT, ce_type=b"inventory.shelf-dusted")).reason.startswith("nothing here knows")
    newer = refusal(SENT, with_headers(SENT, ce_typeversion=b"2"))
    assert newer.reason == "nothing here knows inventory.stock-reserved:2"


def test_an_event_of_a_private_stream() -> None:
    assert "private" in refusal(SENT, with_headers(SENT, ce_type=b"accounts.email-claimed")).reason


def test_a_foreign_header_is_none_of_our_business() -> None:
    foreign: list[Header] = [("traceparent", b"\xff"), ("traceparent", None)]
    assert received(replace(SENT, headers=[*SENT.headers, *foreign])) == received(SENT)


class Weighed(Event, frozen=True, kw_only=True):
    """Version 1 told pounds."""

    topic: ClassVar[str] = "tests.weighed"
    schema_version: ClassVar[int] = 2
    grams: int


def weighing(upcast: Callable[[dict[str, Any]], dict[str, Any]]) -> EventCodec:
    category = Category(
        name="scale",
        family=Family.CATALOGUE,
        events=(Weighed,),
        state=Weighed,
        evolve=lambda _, e: e,
        key=lambda _: KEY,
    )
    return EventCodec([category], {("tests.weighed", 1): upcast})


@pytest.mark.parametrize("value", [b"{}", b"[]", b'{"pounds": "a secret"}', b"null"])
def test_an_upcast_that_cannot_take_it_stops_nothing_but_the_message(value: bytes) -> None:
    codec = weighing(lambda data: {"grams": int(data["pounds"]) * 454})
    row = stored(RESERVED, topic="tests.weighed:1", state=value)
    sent = message_of(row, prev=0, prefix=PREFIX, partitions=PARTITIONS)
    with pytest.raises(Unreadable, match=r"tests\.weighed:1: ") as caught:
        record_of(sent.topic, sent.partition, sent.key, sent.value, sent.headers, codec=codec, partitions=PARTITIONS)
    assert "secret" not in caught.value.reason
