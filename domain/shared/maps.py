"""How states that hold immutable maps become JSON and come back: hooks for msgspec."""

from typing import get_args, get_origin

import msgspec
from immutables import Map


def encode_hook(value: object) -> object:
    """A map as the JSON object of its entries."""
    if isinstance(value, Map):
        return dict(value.items())
    raise NotImplementedError(f"{type(value).__qualname__} has no JSON form")


def decode_hook(expected: type, value: object) -> object:
    """A JSON object as the map that the state declares, keys and values converted to the declared types."""
    if get_origin(expected) is Map:
        key, item = get_args(expected)
        entries = msgspec.convert(value, dict[key, item], dec_hook=decode_hook)  # type: ignore[valid-type]
        return Map(entries)
    raise NotImplementedError(f"{expected!r} has no JSON form")
