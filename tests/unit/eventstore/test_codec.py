"""Events keep their names on disk, and older versions become current ones."""

from typing import Any, ClassVar
from uuid import UUID, uuid4

import msgspec
import pytest

from domain.shared.category import Category
from domain.shared.event import Event
from infrastructure.eventstore.codec import EventCodec, UnknownTopic
from tests.support.tally import TALLIES, Raised


class Measured(Event, frozen=True, kw_only=True):
    """Version 1 had inches; version 2 had `cm`; now there are millimetres."""

    topic: ClassVar[str] = "tests.measured"
    schema_version: ClassVar[int] = 3
    millimetres: int


def _category(*events: type[Event]) -> Category[Any, Any]:
    return Category(
        name="thing", family=None, events=events, state=Measured, evolve=lambda _, e: e, key=lambda _: UUID(int=0)
    )


UPCASTS = {
    ("tests.measured", 1): lambda data: {"cm": round(data["inches"] * 254 / 100)},
    ("tests.measured", 2): lambda data: {"millimetres": data["cm"] * 10},
}


def test_an_event_is_stored_under_its_topic_and_version() -> None:
    codec = EventCodec([_category(Measured)])
    assert codec.name(Measured(millimetres=1)) == "tests.measured:3"


def test_what_was_encoded_is_decoded() -> None:
    codec = EventCodec([TALLIES])
    event = Raised(tally=uuid4(), by=3)
    assert codec.decode(codec.name(event), codec.encode(event)) == event


@pytest.mark.parametrize(
    ("name", "data", "millimetres"),
    [("tests.measured:1", {"inches": 10}, 250), ("tests.measured:2", {"cm": 7}, 70)],
)
def test_older_versions_pass_every_upcast(name: str, data: dict[str, int], millimetres: int) -> None:
    codec = EventCodec([_category(Measured)], UPCASTS)
    assert codec.decode(name, msgspec.json.encode(data)) == Measured(millimetres=millimetres)


@pytest.mark.parametrize("name", ["tests.never-heard-of:1", "tests.measured:4", "tests.measured:x", "tests.measured"])
def test_what_no_code_knows_is_not_guessed_at(name: str) -> None:
    with pytest.raises(UnknownTopic):
        EventCodec([_category(Measured)], UPCASTS).decode(name, b"{}")


def test_a_missing_upcast_is_named() -> None:
    with pytest.raises(UnknownTopic, match="no upcast from version 2"):
        EventCodec([_category(Measured)], {("tests.measured", 1): lambda data: data}).decode("tests.measured:1", b"{}")


def test_bytes_that_do_not_fit_the_class_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        EventCodec([_category(Measured)]).decode("tests.measured:3", b'{"metres":1}')


def test_two_events_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="two events"):
        EventCodec([_category(Measured, Measured)])
