"""Hypothesis strategies for every event, with the extremes: longest texts, largest amounts, huge collections."""

import types
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin
from uuid import UUID

import msgspec
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from domain.shared.actor import ANONYMOUS, Actor
from domain.shared.event import Event
from domain.shared.money import MAX_MINOR, Money
from domain.shared.sealed import Sealed

E = TypeVar("E", bound=Event)
S = TypeVar("S", bound=msgspec.Struct)

CURRENCY = "INR"
LARGEST_EVENT = 400_000
"""Bytes; more than 512 KiB never reaches the log."""
HUGE = 1_000

_TEXT_LENGTHS = {
    "name": 200,
    "description": 20_000,
    "reason": 500,
    "text": 5_000,
    "sku": 200,
    "order_number": 40,
    "client": 64,
    "reference": 255,
    "transaction_id": 255,
    "code": 40,
    "media_type": 40,
    "coupon_code": 40,
    "zone": 60,
    "digest": 64,
    "url": 2_048,
    "types": 100,
}
_INTEGERS = {
    "quantity": st.integers(1, 10_000) | st.sampled_from((1, 10_000)),
    "discount": st.integers(0, 10_000) | st.sampled_from((0, 10_000)),
    "tax_rate": st.integers(0, 10_000) | st.sampled_from((0, 10_000)),
    "change": st.integers(-(10**9), 10**9).filter(bool) | st.sampled_from((-(10**9), 10**9)),
    "on_hand": st.integers(0, 10**9) | st.sampled_from((0, 10**9)),
    "available": st.integers(0, 10**9) | st.sampled_from((0, 10**9)),
    "threshold": st.integers(0, 10**9) | st.sampled_from((0, 10**9)),
    "crossing": st.integers(0, 2**31 - 1),
    "rating": st.integers(1, 5),
    "width": st.integers(1, 2_048),
    "height": st.integers(1, 2_048),
    "size": st.integers(1, 2**31 - 1),
    "rows": st.integers(0, 2**31 - 1) | st.sampled_from((0, 2**31 - 1)),
    "generation": st.integers(1, 2**31 - 1) | st.sampled_from((1, 2**31 - 1)),
    "percentage": st.integers(1, 10_000) | st.sampled_from((1, 10_000)),
    "usage_limit": st.integers(1, 100_000) | st.sampled_from((1, 100_000)),
    "per_customer_limit": st.integers(1, 100_000) | st.sampled_from((1, 100_000)),
    "after": st.integers(0, 2**63 - 1) | st.sampled_from((0, 2**63 - 1)),
    "attempt": st.integers(1, 2**31 - 1) | st.sampled_from((1, 2**31 - 1)),
}
_IDENTIFIERS = st.uuids() | st.sampled_from((UUID(int=0), UUID(int=2**128 - 1)))
_TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)) | st.sampled_from(  # noqa: DTZ001 - bounds are naive, values are not
    (datetime(1970, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC))
)
_AMOUNTS = (st.integers(0, MAX_MINOR) | st.sampled_from((0, 1, MAX_MINOR))).map(lambda minor: Money(minor, CURRENCY))
_BOXES = st.text("abcXYZ019-_", max_size=40) | st.sampled_from(("", "A" * 8_000))
_SEALED = st.builds(Sealed, person=_IDENTIFIERS, box=_BOXES)
_ACTORS = st.builds(Actor.of, _IDENTIFIERS) | st.sampled_from((ANONYMOUS, Actor.system("unpaid-orders")))
_CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"))


def events_of(kind: type[E]) -> st.SearchStrategy[E]:
    """Any event of the class that could have been recorded."""
    return _structs(kind)


def texts(longest: int) -> st.SearchStrategy[str]:
    """Text as the API lets through, from none to the longest, in one to four bytes a character."""
    extremes = (
        "",
        " ",
        "x" * longest,
        "é" * longest,
        "🛒" * longest,
        "'\";--%_\\{}$1" * (longest // 14),
        "\u202e\ufeff"[:longest],
    )
    return st.text(_CHARACTERS, max_size=min(longest, 60)) | st.sampled_from(extremes)


def _structs(kind: type[S]) -> st.SearchStrategy[S]:
    drawn = {field.name: _values(field.type, field.name) for field in fields(kind)}
    return st.fixed_dictionaries(drawn).map(lambda values: kind(**values))


def _values(expected: Any, name: str) -> st.SearchStrategy[Any]:
    """What a field of that type and name may hold."""
    if isinstance(supertype := getattr(expected, "__supertype__", None), type):
        return _values(supertype, name)
    origin = get_origin(expected)
    if origin in (Union, types.UnionType):
        return st.one_of([st.none() if arm is type(None) else _values(arm, name) for arm in get_args(expected)])
    if origin is tuple and get_args(expected)[0] is str:
        words = _values(str, name)
        return st.lists(words, max_size=3).map(tuple) | words.map(lambda word: (word,) * 100)
    if origin is tuple:
        return _collections(_values(get_args(expected)[0], name))
    if origin is dict:
        attribute = texts(200)
        huge = attribute.map(lambda value: {f"{n:03}".rjust(200, "k"): value for n in range(50)})
        return st.dictionaries(attribute, attribute, max_size=5) | huge
    return _plain_values(expected, name)


def _plain_values(expected: type, name: str) -> st.SearchStrategy[Any]:
    plain: dict[type, Callable[[], st.SearchStrategy[Any]]] = {
        bool: st.booleans,
        msgspec.UnsetType: lambda: st.just(msgspec.UNSET),
        int: lambda: _INTEGERS[name],
        str: lambda: texts(_TEXT_LENGTHS[name]),
        UUID: lambda: _IDENTIFIERS,
        datetime: lambda: _TIMES,
        Money: lambda: _AMOUNTS,
        Sealed: lambda: _SEALED,
        Actor: lambda: _ACTORS,
    }
    if expected in plain:
        return plain[expected]()
    if issubclass(expected, Enum):
        return st.sampled_from(list(expected))
    if issubclass(expected, msgspec.Struct):
        return _structs(expected)
    raise TypeError(f"no strategy for {expected!r} of {name}; give it one here")


def _collections(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Few different ones, or as many of one shape as fit into an event."""
    few = st.lists(items, max_size=3, unique_by=lambda item: getattr(item, "product_id", item)).map(tuple)
    return few | items.map(_multiplied)


def _multiplied(item: Any) -> tuple[Any, ...]:
    count = min(HUGE, LARGEST_EVENT // len(msgspec.json.encode(item)))
    numbers = map(UUID, map("{:032x}".format, range(count)))
    return tuple(number if isinstance(item, UUID) else replace(item, product_id=number) for number in numbers)
