"""A validator of the JSON Schema that contracts are written in: stricter than the standard, and no larger than that."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

Schema = Mapping[str, Any]

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "uuid": lambda value: str(UUID(value)) == value,
    "date-time": lambda value: _RFC_3339.fullmatch(value) is not None,
}
_PLAIN: Mapping[str, Callable[[Any, Any], bool]] = {
    "type": lambda wanted, value: _TYPES[wanted](value),
    "format": lambda wanted, value: _FORMATS[wanted](value),
    "const": lambda wanted, value: bool(value == wanted),
    "enum": lambda wanted, value: value in wanted,
    "pattern": lambda wanted, value: re.search(wanted, value) is not None,
    "minItems": lambda wanted, value: len(value) >= wanted,
    "maxItems": lambda wanted, value: len(value) <= wanted,
    "required": lambda wanted, value: set(wanted) <= value.keys(),
}
_TOLD = {"title", "description", "default", "definitions"}
_INNER = {"properties", "items", "additionalProperties", "anyOf", "allOf", "$ref"}


def problems(schema: Schema, value: Any, *, root: Schema | None = None) -> list[str]:
    """What is wrong with the value. A property that the schema does not name is wrong too, and so is the schema itself
    where it says something that this does not understand (ValueError). References are resolved within `root`."""
    return list(_problems(schema, value, schema if root is None else root, "$"))


def _problems(schema: Schema, value: Any, root: Schema, at: str) -> Iterator[str]:
    if strange := schema.keys() - _PLAIN.keys() - _TOLD - _INNER:
        raise ValueError(f"{at}: {sorted(strange)} is not understood")
    if "$ref" in schema:
        yield from _problems(resolve(schema["$ref"], root), value, root, at)
        return
    for keyword, holds in _PLAIN.items():
        if keyword in schema and not holds(schema[keyword], value):
            yield f"{at}: {value!r} against {keyword} {schema[keyword]!r}"
            return
    if "anyOf" in schema and all(list(_problems(arm, value, root, at)) for arm in schema["anyOf"]):
        yield f"{at}: {value!r} fits no alternative"
    for part in schema.get("allOf", ()):
        yield from _problems(part, value, root, at)
    yield from _inner(schema, value, root, at)


def _inner(schema: Schema, value: Any, root: Schema, at: str) -> Iterator[str]:
    if isinstance(value, dict) and schema.get("type") == "object":
        named = schema.get("properties", {})
        for name, each in value.items():
            each_schema = named.get(name, schema.get("additionalProperties"))
            if each_schema is None:
                yield f"{at}: nothing is said of {name}"
            else:
                yield from _problems(each_schema, each, root, f"{at}.{name}")
    if isinstance(value, list) and schema.get("type") == "array":
        items = schema["items"]
        schemas = items if isinstance(items, list) else [items] * len(value)
        for number, (each_schema, each) in enumerate(zip(schemas, value, strict=True)):
            yield from _problems(each_schema, each, root, f"{at}[{number}]")


def resolve(reference: str, root: Schema) -> Any:
    """What `#/definitions/Money` refers to; raises KeyError where there is nothing."""
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found
