"""A published payload keeps its shape: each planted breach is refused, and what breaks nothing is accepted."""

from typing import ClassVar

import pytest

from infrastructure.streaming.compatibility import unrecorded
from infrastructure.streaming.event_schemas import Schema
from infrastructure.streaming.schema_differences import differences
from tests.support.contracts import CURRENT, PLACED, RECORDED, Plant, planted, told


class TestPayloads:
    """Changes that a developer might make to an event's class, as its schema shows them."""

    BREACHES: ClassVar[dict[str, tuple[Plant, str]]] = {
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
            "/order_number: its maxLength is null, and would be 8",
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
    def test_a_breach_is_refused(self, breach: str) -> None:
        plant, expected = self.BREACHES[breach]
        found = told(planted(PLACED, plant))
        assert [each for each in found if each.startswith(f"ordering.order-placed version 1, {expected}")] != [], found

    ACCEPTED: ClassVar[dict[str, Plant]] = {
        "an optional field": lambda s: s["properties"].update(note={"type": "string"}),
        "an optional field of a line": lambda s: s["definitions"]["OrderLine"]["properties"].update(
            gift={"type": "boolean", "default": False}
        ),
        "other words": lambda s: s["properties"]["order_number"].update(description="For people.", title="Number"),
        "another order": lambda s: s.update(properties=dict(reversed(s["properties"].items()))),
        "another order of alternatives": lambda s: s["properties"]["pay_before"]["anyOf"].reverse(),
        "words beside a reference": lambda s: s["properties"].update(
            tax={"allOf": [s["properties"]["tax"]], "description": "Added."}
        ),
    }

    @pytest.mark.parametrize("change", ACCEPTED)
    def test_what_breaks_nothing_is_accepted_and_has_to_be_recorded(self, change: str) -> None:
        current = planted(PLACED, self.ACCEPTED[change])
        assert told(current) == []
        assert change.startswith("another") or unrecorded(RECORDED, current) == [
            "ordering.order-placed version 1 is not recorded as it is"
        ]

    def test_the_entries_of_a_map_keep_their_type(self) -> None:
        current = planted(
            "catalogue.product-listed.1",
            lambda s: s["properties"]["attributes"].update(additionalProperties={"type": "integer"}),
        )
        expected = "catalogue.product-listed version 1, /attributes/*: it is string, and would be integer"
        assert told(current) == [expected]

    def test_a_shape_that_holds_its_like_is_walked_once(self) -> None:
        def tree(leaf: str) -> Schema:
            branch = {"type": "array", "items": {"$ref": "#/definitions/Tree"}}
            shape = {"type": "object", "properties": {"leaf": {"type": leaf}, "branch": branch}}
            return {"$ref": "#/definitions/Tree", "definitions": {"Tree": shape}}

        assert list(differences(tree("string"), tree("string"))) == []
        assert list(differences(tree("string"), tree("integer"))) == [
            ("/leaf", "it is string, and would be integer"),
        ]

    def test_a_default_is_what_an_absent_field_means(self) -> None:
        current = planted(
            "shopping.cart-restored.1", lambda s: s["properties"]["dropped"].update(default=[{"quantity": 1}])
        )
        (sentence,) = told(current)
        assert "/dropped: where it is absent it means [], and would mean [{" in sentence

    def test_an_optional_field_does_not_become_required(self) -> None:
        current = planted("shopping.cart-restored.1", lambda s: s["required"].append("dropped"))
        (sentence,) = told(current)
        assert "/dropped: it is absent in some of what was written" in sentence

    def test_a_set_of_values_neither_loses_nor_gains_one(self) -> None:
        lost = planted("payments.payment-attempted.1", lambda s: s["definitions"]["Method"]["enum"].remove("UPI"))
        assert 'payments.payment-attempted version 1, /method: the value "UPI" is gone' in told(lost)[0]
        gained = planted("payments.payment-attempted.1", lambda s: s["definitions"]["Method"]["enum"].append("CASH"))
        assert '/method: the value "CASH" is new' in told(gained)[0]

    @pytest.mark.parametrize("name", CURRENT.events)
    def test_no_event_may_lose_any_field(self, name: str) -> None:
        for field in CURRENT.events[name].payload["properties"]:
            found = told(planted(name, lambda payload, field=field: payload["properties"].pop(field)))  # type: ignore[misc]
            subject = f"{CURRENT.events[name].topic} version 1, /{field}"
            assert found == [f"{subject}: the field is gone; a renamed field is one that is gone and one that is new"]
