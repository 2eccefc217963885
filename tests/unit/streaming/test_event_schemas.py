"""The schema says what the class writes, and refuses to guess."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain.shared.money import Money
from infrastructure.streaming.event_schemas import explanations, schema_of


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent."""

    parcel_id: UUID
    size: Size
    """None is not a size,
    and True is none."""
    fee: Money
    """Paid once."""
    weights: tuple[int, ...]
    labels: dict[str, str]
    fragile: bool
    sent_at: datetime | None = None
    note: str | msgspec.UnsetType = msgspec.UNSET
    inner: tuple["Parcel", ...] = ()


class OtherSize(StrEnum):
    TALL = "tall"


OtherSize.__name__ = Size.__name__


def test_a_class_is_described_field_by_field() -> None:
    schema = schema_of(Parcel)
    assert (schema["title"], schema["description"]) == ("Parcel", "What is sent.")
    assert schema["properties"] == {
        "parcel_id": {"type": "string", "format": "uuid"},
        "size": {
            "allOf": [{"$ref": "#/definitions/Size"}],
            "description": "`null` is not a size, and `true` is none.",
        },
        "fee": {"allOf": [{"$ref": "#/definitions/Money"}], "description": "Paid once."},
        "weights": {"type": "array", "items": {"type": "integer"}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "fragile": {"type": "boolean"},
        "sent_at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}], "default": None},
        "note": {"type": "string"},
        "inner": {"type": "array", "items": {"$ref": "#/definitions/Parcel"}, "default": []},
    }
    assert schema["required"] == ["parcel_id", "size", "fee", "weights", "labels", "fragile"]
    assert list(schema["definitions"]) == ["Money", "Parcel", "Size"]
    assert schema["definitions"]["Size"] == {"title": "Size", "type": "string", "enum": ["large", "small"]}


def test_an_amount_is_an_array_of_two_places() -> None:
    money = schema_of(Money)
    assert (money["type"], money["minItems"], money["maxItems"]) == ("array", 2, 2)
    assert [place["title"] for place in money["items"]] == ["minor", "currency"]
    assert "minor units" in money["description"]


@pytest.mark.parametrize("kind", [float, bytes, Any, list[Any], tuple[int, str], dict[int, str], msgspec.Raw])
def test_what_has_no_form_is_refused(kind: Any) -> None:
    with pytest.raises(TypeError, match="has no form in a published event"):
        schema_of(msgspec.defstruct("Odd", [("value", kind)], module=__name__))


def test_two_shapes_of_one_name_are_refused() -> None:
    class Confused(msgspec.Struct):
        ours: Size
        theirs: OtherSize

    with pytest.raises(TypeError, match="named Size"):
        schema_of(Confused)


def test_a_field_without_words_is_not_explained() -> None:
    assert set(explanations(Parcel)) == {"size", "fee"}
