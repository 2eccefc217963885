"""Two editions of one schema: where messages that are valid under the one would not be under the other."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from infrastructure.streaming.event_schemas import REFERENCE, Schema

Definitions = Mapping[str, Schema]
Difference = tuple[str, str]
"""A pointer, `/lines/*/tax`, and a sentence."""

_TOLD = {"title", "description", "definitions", "default"}
_WALKED = _TOLD | {
    "type",
    "format",
    "const",
    "enum",
    "properties",
    "required",
    "items",
    "additionalProperties",
    "anyOf",
}
"""Keywords that promise nothing, and those that are compared part by part; others are compared as they stand."""


class Resolved(NamedTuple):
    """A schema without reference, and the name it was referred to by, if any."""

    schema: Schema
    name: str


def differences(old: Schema, new: Schema) -> Iterator[Difference]:
    """What a consumer who knows one of them would stumble over in the other. An empty `old` promises nothing."""
    if old:
        yield from _Comparison(old.get("definitions", {}), new.get("definitions", {})).schemas(
            old, new, "", frozenset()
        )


class _Comparison:
    """Two editions of one schema, walked side by side."""

    def __init__(self, old: Definitions, new: Definitions) -> None:
        self._old = old
        self._new = new

    def schemas(self, old: Schema, new: Schema, at: str, above: frozenset[tuple[str, str]]) -> Iterator[Difference]:
        before, after = resolved(old, self._old), resolved(new, self._new)
        names = (before.name, after.name)
        if all(names) and names in above:
            return
        above |= {names}
        old, new = before.schema, after.schema
        if _kind(old, self._old) != _kind(new, self._new):
            yield at, f"it is {_words(old, self._old)}, and would be {_words(new, self._new)}"
            return
        yield from _values(old, new, at)
        yield from self._properties(old, new, at, above)
        yield from self._parts(old, new, at, above)

    def _properties(self, old: Schema, new: Schema, at: str, above: frozenset[tuple[str, str]]) -> Iterator[Difference]:
        before, after = old.get("properties", {}), new.get("properties", {})
        always, will_always = set(old.get("required", ())), set(new.get("required", ()))
        for name in before:
            where = f"{at}/{name}"
            if name not in after:
                yield where, "the field is gone; a renamed field is one that is gone and one that is new"
                continue
            if name in always - will_always:
                yield where, "it is always there, and might be absent"
            elif name in will_always - always:
                yield where, "it is absent in some of what was written, and would be required"
            elif name not in always and _said(before[name], "default") != _said(after[name], "default"):
                meant, would_mean = _said(before[name], "default"), _said(after[name], "default")
                yield where, f"where it is absent it means {meant}, and would mean {would_mean}"
            yield from self.schemas(before[name], after[name], where, above)
        for name in after:
            if name not in before and name in will_always:
                yield f"{at}/{name}", "the new field is required, and what was written before does not have it"

    def _parts(self, old: Schema, new: Schema, at: str, above: frozenset[tuple[str, str]]) -> Iterator[Difference]:
        """Elements, entries and alternatives; both sides are of one kind."""
        for keyword in ("items", "additionalProperties"):
            if isinstance(old.get(keyword), dict):
                yield from self.schemas(old[keyword], new[keyword], f"{at}/*", above)
        if isinstance(old.get("items"), list):
            for number, (before, after) in enumerate(zip(old["items"], new["items"], strict=True)):
                yield from self.schemas(before, after, f"{at}/{number}", above)
        for before, after in zip(_arms(old, self._old), _arms(new, self._new), strict=True):
            yield from self.schemas(before, after, at, above)


def resolved(schema: Schema, definitions: Definitions) -> Resolved:
    """What a reference refers to, also where it is wrapped so that it can stand beside a description."""
    name = ""
    while True:
        if len(schema.get("allOf", ())) == 1:
            (schema,) = schema["allOf"]
        elif "$ref" in schema:
            name = schema["$ref"].removeprefix(REFERENCE)
            schema = definitions[name]
        else:
            return Resolved(schema, name)


def _values(old: Schema, new: Schema, at: str) -> Iterator[Difference]:
    """What both say of a single value."""
    before, after = set(old.get("enum", ())), set(new.get("enum", ()))
    for value in sorted(before - after):
        yield at, f'the value "{value}" is gone, and stands in what was written'
    for value in sorted(after - before):
        yield at, f'the value "{value}" is new, and would meet consumers who know the others'
    for keyword in sorted((old.keys() | new.keys()) - _WALKED):
        if old.get(keyword) != new.get(keyword):
            yield at, f"its {keyword} is {_said(old, keyword)}, and would be {_said(new, keyword)}"


def _kind(schema: Schema, definitions: Definitions) -> str:
    """Two schemas of one kind can be walked side by side."""
    items = schema.get("items")
    return _json(
        {
            "is": [schema.get(keyword) for keyword in ("type", "format", "const")],
            "has": [keyword in schema for keyword in ("enum", "properties", "items", "additionalProperties")],
            "places": len(items) if isinstance(items, list) else None,
            "arms": [_kind(resolved(arm, definitions).schema, definitions) for arm in _arms(schema, definitions)],
        }
    )


def _arms(schema: Schema, definitions: Definitions) -> list[Schema]:
    """The alternatives; their order says nothing."""
    arms = schema.get("anyOf", [])
    return sorted(arms, key=lambda arm: _kind(resolved(arm, definitions).schema, definitions))


def _words(schema: Schema, definitions: Definitions) -> str:
    if arms := schema.get("anyOf"):
        return " or ".join(_words(resolved(arm, definitions).schema, definitions) for arm in arms)
    if "const" in schema:
        return _json(schema["const"])
    plain = schema.get("format") or schema.get("type", "anything")
    name = schema.get("title", plain) if {"enum", "properties", "items"} & schema.keys() else plain
    match schema.get("items", schema.get("additionalProperties")):
        case list(places):
            return f"{name} of {len(places)} places"
        case dict(each):
            return f"{name} of {_words(resolved(each, definitions).schema, definitions)}"
        case _:
            return str(name)


def _said(schema: Schema, keyword: str) -> str:
    return _json(schema[keyword]) if keyword in schema else "nothing"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
