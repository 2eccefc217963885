"""What is published stays where it is and can be read: each planted breach is refused in a sentence."""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from domain.shared.category import Category, Family
from domain.shared.event import Event
from infrastructure.cli.documents import complaints
from infrastructure.eventstore.codec import EventCodec, Upcast
from infrastructure.streaming.compatibility import breaches, unrecorded
from infrastructure.streaming.contracts import Contracts, Example, recorded_in, written
from tests.support.times import NOON


class ParcelSent(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "parcels.parcel-sent"
    carrier: str
    at: datetime


class ParcelLost(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "parcels.parcel-lost"
    at: datetime


class LaterParcelSent(Event, frozen=True, kw_only=True):
    """Another shape, in another version: by several carriers."""

    topic: ClassVar[str] = ParcelSent.topic
    schema_version: ClassVar[int] = 2
    carriers: tuple[str, ...]
    at: datetime


def parcels(*events: type[Event], family: Family | None = Family.ORDERS, name: str = "order") -> Category[Any, Any]:
    def key(state: Any) -> UUID:
        raise NotImplementedError("contracts do not look at states")

    return Category(name=name, family=family, events=events, state=object, evolve=lambda state, event: state, key=key)


NOTHING = recorded_in(Path("nowhere"))
EXAMPLES = {
    "parcels.parcel-lost.1": Example({}, {"at": NOON}),
    "parcels.parcel-sent.1": Example({}, {"carrier": "by bicycle", "at": NOON}),
}
PARCELS = parcels(ParcelSent, ParcelLost)
CODEC = EventCodec([PARCELS])
NEW = written([PARCELS], NOTHING)
PROMISED = replace(NEW, events={name: replace(NEW.events[name], example=each) for name, each in EXAMPLES.items()})


def told(category: Category[Any, Any], upcast: Upcast | None = None) -> list[str]:
    """What is said of code that publishes this category where ParcelSent and ParcelLost were promised."""
    codec = EventCodec([category], {(ParcelSent.topic, 1): upcast} if upcast else {})
    return [str(each) for each in breaches(PROMISED, written([category], PROMISED), codec)]


def test_code_that_keeps_its_promises_is_accepted() -> None:
    assert told(PARCELS) == []
    assert unrecorded(PROMISED, written([PARCELS], PROMISED)) == []


def test_a_new_event_is_accepted_and_has_to_be_recorded() -> None:
    assert breaches(NOTHING, NEW, CODEC) == []
    assert unrecorded(NOTHING, NEW) == [
        "the headers are not recorded as they are",
        "parcels.parcel-lost version 1 is not recorded yet",
        "parcels.parcel-sent version 1 is not recorded yet",
    ]


def test_an_event_that_gained_an_optional_field_has_to_be_recorded() -> None:
    class ParcelLost(Event, frozen=True, kw_only=True):
        topic: ClassVar[str] = "parcels.parcel-lost"
        at: datetime
        where: str | msgspec.UnsetType = msgspec.UNSET

    category = parcels(ParcelSent, ParcelLost)
    assert told(category) == []
    assert unrecorded(PROMISED, written([category], PROMISED)) == [
        "parcels.parcel-lost version 1 is not recorded as it is"
    ]


def test_an_event_is_not_removed() -> None:
    (sentence,) = told(parcels(ParcelSent))
    assert sentence.startswith("parcels.parcel-lost version 1: it is published no more")


def test_an_event_is_not_made_private() -> None:
    found = told(parcels(ParcelSent, ParcelLost, family=None))
    assert [each.partition(":")[0] for each in found] == [
        "parcels.parcel-lost version 1",
        "parcels.parcel-sent version 1",
    ]


def test_an_event_does_not_change_channels() -> None:
    found = told(parcels(ParcelSent, ParcelLost, family=Family.CUSTOMERS))
    assert found[0].endswith("it travels in the topic of orders, and would travel in that of customers")


def test_its_key_stays() -> None:
    found = told(parcels(ParcelSent, ParcelLost, name="product"))
    assert found[0].endswith("the id of its order is its key, and that of its product would be")


HEADERS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "removed": (lambda headers: headers["properties"].pop("prev"), "the headers, /prev: the field is gone"),
    "not always there": (
        lambda headers: headers["required"].remove("position"),
        "the headers, /position: it is always",
    ),
    "another value": (
        lambda headers: headers["properties"]["ce_source"].update(const="/shop"),
        'the headers, /ce_source: it is "/tillstream", and would be "/shop"',
    ),
}


@pytest.mark.parametrize("breach", HEADERS)
def test_a_header_stays(breach: str) -> None:
    plant, expected = HEADERS[breach]
    (sentence,) = _with_headers(plant)
    assert sentence.startswith(expected)


def test_a_header_may_be_added() -> None:
    assert _with_headers(lambda headers: headers["properties"].update(ce_traceparent={"type": "string"})) == []


def _with_headers(plant: Callable[[dict[str, Any]], object]) -> list[str]:
    headers = deepcopy(PROMISED.headers)
    plant(headers)
    return [str(each) for each in breaches(PROMISED, replace(PROMISED, headers=headers), CODEC)]


LATER = parcels(LaterParcelSent, ParcelLost)


def test_a_new_version_with_an_upcast_is_accepted() -> None:
    assert told(LATER, lambda data: {"carriers": [data["carrier"]], "at": data["at"]}) == []
    assert unrecorded(PROMISED, written([LATER], PROMISED)) == ["parcels.parcel-sent version 2 is not recorded yet"]


def test_a_new_version_without_an_upcast_is_refused() -> None:
    (sentence,) = told(LATER)
    assert sentence.startswith("parcels.parcel-sent version 1: what was written under it can no longer be read")
    assert "no upcast from version 1" in sentence


@pytest.mark.parametrize("upcast", [lambda data: data, lambda data: data["reason"]])
def test_an_upcast_that_does_not_arrive_is_refused(upcast: Upcast) -> None:
    (sentence,) = told(LATER, upcast)
    assert "can no longer be read" in sentence


def test_code_of_an_older_version_is_refused() -> None:
    later = replace(PROMISED.events["parcels.parcel-sent.1"], version=2)
    promised = replace(PROMISED, events={**PROMISED.events, later.name: later})
    found = [str(each) for each in breaches(promised, NEW, CODEC)]
    assert found[0] == "parcels.parcel-sent version 2: the code knows no version beyond 1"


def test_the_same_version_in_another_shape_is_refused_and_cannot_read_what_was_written() -> None:
    class ParcelSent(LaterParcelSent, frozen=True, kw_only=True):
        schema_version: ClassVar[int] = 1

    found = told(parcels(ParcelSent, ParcelLost))
    assert [each.partition(": ")[0].partition(", ")[2] for each in found] == ["/carrier", "/carriers", ""]
    assert found[-1].endswith("Object missing required field `carriers`")


def test_a_category_says_whose_id_orders_it() -> None:
    with pytest.raises(ValueError, match="whose id orders the streams of parcel"):
        written([parcels(ParcelSent, name="parcel")], NOTHING)


def test_a_broken_promise_is_told_with_what_to_do_instead(tmp_path: Path) -> None:
    recorded = recorded_in()
    first, *_ = recorded.events
    broken: Contracts = replace(
        recorded, events={name: recorded.events[name] for name in recorded.events if name != first}
    )
    found = complaints(recorded, broken, text="", file=tmp_path / "asyncapi.json")
    assert len(found) == 2
    assert "it is published no more" in found[0]
    assert "another version and an upcast" in found[1]
