"""What an event's JSON looks like: JSON Schema of draft 7, the dialect of AsyncAPI, made from the event's class."""

import ast
import inspect
import re
import textwrap
from collections.abc import Mapping
from enum import Enum
from functools import cache
from itertools import pairwise
from typing import Any, cast

import msgspec
from msgspec import NODEFAULT
from msgspec import inspect as types

from domain.shared.money import Money
from domain.shared.sealed import Sealed

Schema = dict[str, Any]

REFERENCE = "#/definitions/"

EXPLAINED: Mapping[type, str] = {
    Money: "An exact amount, `[minor, currency]`: integer minor units and an ISO 4217 code; "
    '`[87500,"INR"]` is 875.00 rupees.',
    Sealed: "Personal data, sealed with a key of the person it speaks of. Who reads the topic sees whose it is and "
    "that it is there, and cannot open it; once the person is forgotten, nobody can.",
}
"""Where the class speaks to those who program with it, and a consumer needs other words."""

_IN_JSON = {"None": "`null`", "True": "`true`", "False": "`false`"}
_CONSTANT = re.compile(r"\b(None|True|False)\b")

_PLAIN: tuple[tuple[types.Type, Schema], ...] = (
    (types.BoolType(), {"type": "boolean"}),
    (types.IntType(), {"type": "integer"}),
    (types.StrType(), {"type": "string"}),
    (types.NoneType(), {"type": "null"}),
    (types.UUIDType(), {"type": "string", "format": "uuid"}),
    (types.DateTimeType(), {"type": "string", "format": "date-time"}),
)


def schema_of(kind: type[msgspec.Struct]) -> Schema:
    """Self-contained: the shapes within it stand in its `definitions`. Raises TypeError for a type without a form."""
    shapes = _Shapes()
    schema = shapes.struct(kind)
    return schema | ({"definitions": dict(sorted(shapes.definitions.items()))} if shapes.definitions else {})


@cache
def explanations(kind: type) -> Mapping[str, str]:
    """What the source says under each field of the class, in the words of JSON."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        field.target.id: _CONSTANT.sub(lambda found: _IN_JSON[found.group()], " ".join(text.value.value.split()))
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }


def summary_of(kind: type) -> str | None:
    """The class's own docstring."""
    return EXPLAINED.get(kind) or (" ".join(kind.__doc__.split()) if kind.__doc__ else None)


class _Shapes:
    """One walk through a type; collects the named shapes that it meets."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}
        self._kinds: dict[str, type] = {}

    def struct(self, kind: type[msgspec.Struct]) -> Schema:
        described = cast(types.StructType, types.type_info(kind))
        head = {"title": kind.__name__, "description": summary_of(kind)}
        body = self._array(described) if described.array_like else self._object(described)
        return {name: value for name, value in (head | body).items() if value is not None}

    def _object(self, described: types.StructType) -> Schema:
        properties = {field.encode_name: self._field(described.cls, field) for field in described.fields}
        required = [field.encode_name for field in described.fields if field.required]
        return {"type": "object", "properties": properties, "required": required}

    def _array(self, described: types.StructType) -> Schema:
        """Fields by place; all of them are always there."""
        items = [{"title": field.name, **self._field(described.cls, field)} for field in described.fields]
        return {"type": "array", "items": items, "minItems": len(items), "maxItems": len(items)}

    def _field(self, owner: type, field: types.Field) -> Schema:
        schema = self._schema(field.type)
        told = {}
        if (explanation := explanations(owner).get(field.name)) is not None:
            told["description"] = explanation
        if field.default is not NODEFAULT:
            told["default"] = msgspec.json.decode(msgspec.json.encode(field.default))
        # Beside a reference, draft 7 reads nothing.
        return {"allOf": [schema], **told} if told and "$ref" in schema else schema | told

    def _schema(self, kind: types.Type) -> Schema:
        for plain, schema in _PLAIN:
            if kind == plain:
                return dict(schema)
        match kind:
            case types.StructType(cls=cls) | types.EnumType(cls=cls):
                return self._reference(cls)
            case types.UnionType(types=arms):
                return {"anyOf": [self._schema(arm) for arm in arms]}
            case types.VarTupleType(item_type=item, min_length=None, max_length=None):
                return {"type": "array", "items": self._schema(item)}
            case types.DictType(key_type=types.StrType(), value_type=value, min_length=None, max_length=None):
                return {"type": "object", "additionalProperties": self._schema(value)}
            case _:
                raise TypeError(f"{kind!r} has no form in a published event")

    def _reference(self, kind: type) -> Schema:
        name = kind.__name__
        if self._kinds.setdefault(name, kind) is not kind:
            raise TypeError(f"two shapes of one event are named {name}")
        if name not in self.definitions:
            self.definitions[name] = {}  # so that a shape may hold its like
            self.definitions[name] = self.struct(kind) if issubclass(kind, msgspec.Struct) else _enumeration(kind)
        return {"$ref": REFERENCE + name}


def _enumeration(kind: type) -> Schema:
    return {"title": kind.__name__, "type": "string", "enum": sorted(each.value for each in cast(type[Enum], kind))}
