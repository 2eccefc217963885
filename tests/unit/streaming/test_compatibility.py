"""What is published stays where it is and can be read: each planted breach is refused in a sentence."""

import dataclasses
from copy import deepcopy
from datetime import datetime
from typing import Any, ClassVar

import pytest
from msgspec.structs import replace

from domain.ordering.events import OrderConfirmed
from domain.ordering.order import ORDERS
from domain.shared.category import Category, Family
from domain.shared.event import Event
from domain.shared.identifiers import OrderId
from infrastructure.cli.documents import complaints
from infrastructure.eventstore.codec import EventCodec, Upcast
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.streaming.compatibility import breaches, unrecorded
from infrastructure.streaming.contracts import Contracts, written
from tests.architecture.source import ROOT
from tests.support.contracts import CURRENT, PLACED, RECORDED, Plant, changed, told, without


def test_the_code_keeps_every_promise() -> None:
    assert told(CURRENT) == []
    assert unrecorded(RECORDED, CURRENT) == []


class TestPlaces:
    """Where an event travels, and what stands beside it."""

    def test_an_event_is_not_removed(self) -> None:
        (sentence,) = told(without(CURRENT, "ordering.order-cancelled.1"))
        assert sentence.startswith("ordering.order-cancelled version 1: it is published no more")

    def test_its_family_is_not_made_private(self) -> None:
        private = [dataclasses.replace(each, family=None) if each is ORDERS else each for each in CATEGORIES]
        found = told(written(private, RECORDED))
        assert [each.split(":")[0] for each in found] == [f"{kind.topic} version 1" for kind in sorted_by_topic(ORDERS)]

    def test_it_does_not_change_channels(self) -> None:
        (sentence,) = told(changed(PLACED, family=Family.CUSTOMERS))
        assert sentence.endswith("it travels in the topic of orders, and would travel in that of customers")

    def test_its_key_stays(self) -> None:
        (sentence,) = told(changed("payments.payment-requested.1", key="payment"))
        assert sentence.endswith("the id of its order is its key, and that of its payment would be")

    def test_a_header_stays(self) -> None:
        def plant(change: Plant) -> list[str]:
            headers = deepcopy(CURRENT.headers)
            change(headers)
            return told(replace(CURRENT, headers=headers))

        assert plant(lambda headers: headers["properties"].pop("prev"))[0].startswith(
            "the headers, /prev: the field is"
        )
        assert plant(lambda headers: headers["required"].remove("position")) != []
        assert plant(lambda headers: headers["properties"]["ce_source"].update(const="/shop")) == [
            'the headers, /ce_source: it is "/tillstream", and would be "/shop"'
        ]
        assert plant(lambda headers: headers["properties"].update(ce_traceparent={"type": "string"})) == []

    def test_a_new_event_is_accepted_and_has_to_be_recorded(self) -> None:
        recorded = without(RECORDED, PLACED)
        assert breaches(recorded, CURRENT, event_codec()) == []
        assert unrecorded(recorded, CURRENT) == ["ordering.order-placed version 1 is not recorded yet"]


class Confirmed(Event, frozen=True, kw_only=True):
    """What a second version of an event might look like: the ground became a list."""

    topic: ClassVar[str] = OrderConfirmed.topic
    schema_version: ClassVar[int] = 2
    order_id: OrderId
    grounds: tuple[str, ...]
    at: datetime


def with_second_version(*, upcast: Upcast | None) -> tuple[Contracts, EventCodec]:
    events = tuple(Confirmed if kind is OrderConfirmed else kind for kind in ORDERS.events)
    orders: Category[Any, Any] = dataclasses.replace(ORDERS, events=events)  # type: ignore[arg-type]
    categories = [orders if each is ORDERS else each for each in CATEGORIES]
    codec = EventCodec(categories, {(Confirmed.topic, 1): upcast} if upcast else {})
    return written(categories, RECORDED), codec


class TestVersions:
    """Another shape takes another version, and an upcast that reads what was written before."""

    def test_a_new_version_with_an_upcast_is_accepted(self) -> None:
        current, codec = with_second_version(upcast=lambda data: {**data, "grounds": [data.pop("ground")]})
        assert told(current, codec) == []
        assert unrecorded(RECORDED, current) == ["ordering.order-confirmed version 2 is not recorded yet"]

    def test_a_new_version_without_an_upcast_is_refused(self) -> None:
        (sentence,) = told(*with_second_version(upcast=None))
        assert sentence.startswith(
            "ordering.order-confirmed version 1: what was written under it can no longer be read"
        )
        assert "no upcast from version 1" in sentence

    @pytest.mark.parametrize("upcast", [lambda data: data, lambda data: data["reason"]])
    def test_an_upcast_that_does_not_arrive_is_refused(self, upcast: Upcast) -> None:
        (sentence,) = told(*with_second_version(upcast=upcast))
        assert "can no longer be read" in sentence

    def test_code_of_an_older_version_is_refused(self) -> None:
        promised = replace(RECORDED.events["ordering.order-confirmed.1"], version=2)
        recorded = replace(RECORDED, events={**RECORDED.events, promised.name: promised})
        found = [str(each) for each in breaches(recorded, CURRENT, event_codec())]
        assert found[0] == "ordering.order-confirmed version 2: the code knows no version beyond 1"

    def test_the_class_itself_has_to_read_what_was_written(self) -> None:
        class Later(Confirmed, frozen=True, kw_only=True):
            schema_version: ClassVar[int] = 1

        events = tuple(Later if kind is OrderConfirmed else kind for kind in ORDERS.events)
        orders: Category[Any, Any] = dataclasses.replace(ORDERS, events=events)  # type: ignore[arg-type]
        found = told(CURRENT, EventCodec([orders if each is ORDERS else each for each in CATEGORIES]))
        assert ["missing required field `grounds`" in each for each in found] == [True]


def test_a_broken_promise_is_told_with_what_to_do_instead() -> None:
    file = ROOT / "docs" / "asyncapi.json"
    found = complaints(RECORDED, without(CURRENT, PLACED), text=file.read_text(), file=file)
    assert found[0].startswith("ordering.order-placed version 1: ")
    assert "another version and an upcast" in found[-1]
    assert complaints(RECORDED, CURRENT, text=file.read_text(), file=file) == []


def sorted_by_topic(category: Category[Any, Any]) -> list[type[Event]]:
    return sorted(category.events, key=lambda kind: kind.topic)
