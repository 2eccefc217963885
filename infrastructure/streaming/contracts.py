"""What consumers of the topics rely on: one contract per version of each published event, and one for the headers.

The code says what it writes now; files in `published/` say what it ever promised. A file is added with each new version
and only ever grows: see `compatibility`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect as types

from domain.shared.category import Category, Family
from domain.shared.event import Event
from infrastructure.streaming.event_schemas import Schema, explanations, schema_of, summary_of
from infrastructure.streaming.message import Envelope

RECORDED = Path(__file__).parent / "published"

KEYS: Mapping[str, str] = {
    "account": "account",
    "session": "account",
    "address-book": "account",
    "api-key": "account",
    "report": "account",
    "cart": "account",
    "wishlist": "account",
    "category-tree": "category-tree",
    "product": "product",
    "review": "product",
    "stock": "product",
    "order": "order",
    "payment": "order",
    "coupon": "coupon",
}
"""By category, the one whose id is the ordering key."""


class Example(msgspec.Struct, frozen=True):
    """One message, as it was pinned when the version was published."""

    headers: dict[str, str]
    payload: dict[str, Any]


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one published event."""

    topic: str
    """On disk, `ordering.order-placed`."""
    version: int
    """Of the stored form."""
    family: Family
    category: str
    key: str
    """Whose id orders it, `order`."""
    title: str
    summary: str
    payload: Schema
    """Self-contained."""
    example: Example | None
    """None until it is recorded."""

    @property
    def name(self) -> str:
        """`ordering.order-placed.1`; of the file, and in the document."""
        return f"{self.topic}.{self.version}"


class Contracts(msgspec.Struct, frozen=True, kw_only=True):
    """All that is promised."""

    headers: Schema
    """Of every message; values are text."""
    events: Mapping[str, Contract]
    """By name."""


def written(categories: Sequence[Category[Any, Any]], recorded: Contracts) -> Contracts:
    """What the code writes now, with the examples that are recorded of it."""
    events = {}
    for category in categories:
        for kind in category.events if category.family else ():
            contract = _contract(kind, category)
            known = recorded.events.get(contract.name)
            events[contract.name] = msgspec.structs.replace(contract, example=known.example if known else None)
    return Contracts(headers=headers_of(Envelope), events=dict(sorted(events.items())))


def recorded_in(directory: Path = RECORDED) -> Contracts:
    """What was ever promised. An empty directory promises nothing."""
    files = sorted(directory.glob("events/*.json"))
    contracts = [msgspec.json.decode(file.read_bytes(), type=Contract) for file in files]
    headers = directory / "headers.json"
    return Contracts(
        headers=msgspec.json.decode(headers.read_bytes()) if headers.exists() else {},
        events={contract.name: contract for contract in contracts},
    )


def readable(thing: object) -> str:
    """The JSON of a contract, of the headers or of a whole document, for files that people read."""
    return msgspec.json.format(msgspec.json.encode(thing), indent=2).decode() + "\n"


def _contract(kind: type[Event], category: Category[Any, Any]) -> Contract:
    if category.family is None or category.name not in KEYS:
        raise ValueError(f"KEYS does not say whose id orders the streams of {category.name}")
    title = kind.topic.partition(".")[2].replace("-", " ").capitalize()
    return Contract(
        topic=kind.topic,
        version=kind.schema_version,
        family=category.family,
        category=category.name,
        key=KEYS[category.name],
        title=title,
        summary=summary_of(kind) or f"{title}.",
        payload=schema_of(kind),
        example=None,
    )


def headers_of(envelope: type[msgspec.Struct]) -> Schema:
    """Each field as the text that travels; one without a value does not travel."""
    fields = msgspec.structs.fields(envelope)
    told = explanations(envelope)
    properties = {
        field.encode_name: _text(types.type_info(field.type))
        | ({"description": told[field.name]} if field.name in told else {})
        for field in fields
    }
    required = [field.encode_name for field in fields if field.required]
    return {"title": "Headers", "type": "object", "properties": properties, "required": required}


def _text(kind: types.Type) -> Schema:
    match kind:
        case types.LiteralType(values=(value,)):
            return {"type": "string", "const": value}
        case types.StrType():
            return {"type": "string"}
        case types.IntType():
            return {"type": "string", "pattern": "^[0-9]{1,19}$"}
        case types.UUIDType():
            return {"type": "string", "format": "uuid"}
        case types.DateTimeType():
            return {"type": "string", "format": "date-time"}
        case types.UnionType(types=(given, types.NoneType())):
            return _text(given)
        case _:
            raise TypeError(f"{kind!r} has no form in a header")
