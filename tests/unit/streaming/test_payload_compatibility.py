"""A published payload keeps its shape: each planted breach is refused, and what breaks nothing is accepted."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

import pytest

from infrastructure.streaming.contracts import recorded_in
from infrastructure.streaming.event_schemas import Schema
from infrastructure.streaming.schema_differences import differences

PAYLOADS = {name: contract.payload for name, contract in recorded_in().events.items()}
PLACED = "ordering.order-placed.1"

Plant = Callable[[dict[str, Any]], object]


def told(name: str, plant: Plant) -> list[str]:
    """What is said where a published payload is changed."""
    payload = deepcopy(PAYLOADS[name])
    plant(payload)
    return [f"{pointer}: {sentence}" for pointer, sentence in differences(PAYLOADS[name], payload)]


BREACHES: dict[str, tuple[Plant, str]] = {
    "a field is removed": (lambda s: s["properties"].pop("tax"), "/tax: the field is gone"),
    "a field is renamed": (
        lambda s: s["properties"].update(number=s["properties"].pop("order_number")),
        "/order_number: the field is gone",
    ),
    "a field of a line is removed": (
        lambda s: s["definitions"]["OrderLine"]["properties"].pop("tax"),
        "/lines/*/tax: the field is gone",
    ),
    "a type is another": (
        lambda s: s["properties"].update(order_number={"type": "integer"}),
        "/order_number: it is string, and would be integer",
    ),
    "a type is wider": (
        lambda s: s["properties"].update(order_number={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "/order_number: it is string, and would be string or null",
    ),
    "a type is narrower": (
        lambda s: s["properties"].update(pay_before={"type": "string", "format": "date-time"}),
        "/pay_before: it is date-time or null, and would be date-time",
    ),
    "a format is another": (
        lambda s: s["properties"].update(order_id={"type": "string"}),
        "/order_id: it is uuid, and would be string",
    ),
    "a shape is another": (
        lambda s: s["properties"].update(tax={"type": "integer"}),
        "/tax: it is Money of 2 places, and would be integer",
    ),
    "an array of another kind": (
        lambda s: s["definitions"]["Money"]["items"].append({"type": "integer"}),
        "/lines/*/price: it is Money of 2 places, and would be Money of 3 places",
    ),
    "a place of an array is another": (
        lambda s: s["definitions"]["Money"]["items"][0].update(type="string"),
        "/tax/0: it is integer, and would be string",
    ),
    "a field of an alternative is removed": (
        lambda s: s["definitions"]["Sealed"]["properties"].pop("box"),
        "/shipping_address/box: the field is gone",
    ),
    "a limit": (
        lambda s: s["properties"]["order_number"].update(maxLength=8),
        "/order_number: its maxLength is nothing, and would be 8",
    ),
    "a new field is required": (
        lambda s: (s["properties"].update(channel={"type": "string"}), s["required"].append("channel")),
        "/channel: the new field is required",
    ),
    "a field is not always there": (
        lambda s: s["required"].remove("tax"),
        "/tax: it is always there, and might be absent",
    ),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_refused(breach: str) -> None:
    plant, expected = BREACHES[breach]
    found = told(PLACED, plant)
    assert [each for each in found if each.startswith(expected)] != [], found


ACCEPTED: dict[str, Plant] = {
    "an optional field": lambda s: s["properties"].update(note={"type": "string"}),
    "an optional field of a line": lambda s: s["definitions"]["OrderLine"]["properties"].update(
        gift={"type": "boolean", "default": False}
    ),
    "other words": lambda s: s["properties"]["order_number"].update(description="For people.", title="Number"),
    "fields in another order": lambda s: s.update(properties=dict(reversed(s["properties"].items()))),
    "alternatives in another order": lambda s: s["properties"]["pay_before"]["anyOf"].reverse(),
    "words beside a reference": lambda s: s["properties"].update(
        tax={"allOf": [s["properties"]["tax"]], "description": "Added."}
    ),
}


@pytest.mark.parametrize("change", ACCEPTED)
def test_what_breaks_nothing_is_accepted(change: str) -> None:
    assert told(PLACED, ACCEPTED[change]) == []


def test_the_entries_of_a_map_keep_their_type() -> None:
    integers = {"additionalProperties": {"type": "integer"}}
    found = told("catalogue.product-listed.1", lambda s: s["properties"]["attributes"].update(integers))
    assert found == ["/attributes/*: it is string, and would be integer"]


def test_a_default_is_what_an_absent_field_means() -> None:
    found = told("shopping.cart-restored.1", lambda s: s["properties"]["dropped"].update(default=[1]))
    assert found == ["/dropped: where it is absent it means [], and would mean [1]"]
    found = told("shopping.cart-restored.1", lambda s: s["properties"]["dropped"].pop("default"))
    assert found == ["/dropped: where it is absent it means [], and would mean nothing"]


def test_an_optional_field_does_not_become_required() -> None:
    found = told("shopping.cart-restored.1", lambda s: s["required"].append("dropped"))
    assert found == ["/dropped: it is absent in some of what was written, and would be required"]


def test_a_set_of_values_neither_loses_nor_gains_one() -> None:
    lost = told("payments.payment-attempted.1", lambda s: s["definitions"]["Method"]["enum"].remove("UPI"))
    assert lost == ['/method: the value "UPI" is gone, and stands in what was written']
    gained = told("payments.payment-attempted.1", lambda s: s["definitions"]["Method"]["enum"].append("CASH"))
    assert gained == ['/method: the value "CASH" is new, and would meet consumers who know the others']


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_event_may_lose_any_field(name: str) -> None:
    def plant(payload: Schema, *, field: str) -> None:
        del payload["properties"][field]

    gone = "the field is gone; a renamed field is one that is gone and one that is new"
    for field in PAYLOADS[name]["properties"]:
        assert told(name, partial(plant, field=field)) == [f"/{field}: {gone}"]


def test_a_shape_that_holds_its_like_is_walked_once() -> None:
    def tree(leaf: str) -> Schema:
        branch = {"type": "array", "items": {"$ref": "#/definitions/Tree"}}
        shape = {"type": "object", "properties": {"leaf": {"type": leaf}, "branch": branch}}
        return {"$ref": "#/definitions/Tree", "definitions": {"Tree": shape}}

    assert list(differences(tree("string"), tree("string"))) == []
    assert list(differences(tree("string"), tree("integer"))) == [("/leaf", "it is string, and would be integer")]
