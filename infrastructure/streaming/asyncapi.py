"""The AsyncAPI 3 document of the topics, made from the contracts; written from the side of those who read them."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from domain.shared.category import Family
from infrastructure.streaming import asyncapi_texts as texts
from infrastructure.streaming.contracts import Contract, Contracts
from infrastructure.streaming.event_schemas import REFERENCE, Schema

Document = dict[str, Any]

VERSION = "1.0.0"
"""Of the document. Messages have versions of their own."""
MAX_MESSAGE_BYTES = 2 * 1024**2
BINDING = "0.5.0"
_SCHEMAS = "#/components/schemas/"


def document(recorded: Contracts, written: Contracts) -> Document:
    """Every version that was ever recorded, and what the code writes now."""
    contracts = sorted({**recorded.events, **written.events}.values(), key=lambda each: (each.topic, each.version))
    current = {(each.topic, each.version) for each in written.events.values()}
    families = [family for family in Family if any(each.family == family for each in contracts)]
    schemas = _Schemas([each for each in contracts if (each.topic, each.version) in current])
    messages = {
        each.name: _message(each, schemas, former=(each.topic, each.version) not in current) for each in contracts
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Tillstream events", "version": VERSION, "description": texts.DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {"kafka": _SERVER},
        "channels": {str(family): _channel(family, contracts) for family in families},
        "operations": {f"receive{family.capitalize()}": _operation(family, contracts) for family in families},
        "components": {
            "messages": messages,
            "schemas": {"Headers": written.headers, **dict(sorted(schemas.shared.items()))},
            "parameters": {"prefix": {"description": texts.PREFIX, "default": "commerce"}},
            "correlationIds": {"command": {"description": texts.COMMAND, "location": "$message.header#/ce_commandid"}},
        },
    }


_SERVER: Mapping[str, Any] = {
    "host": "{broker}",
    "protocol": "kafka",
    "description": texts.SERVER,
    "variables": {"broker": {"description": "host:port of a broker.", "default": "localhost:9092"}},
}


def _of(family: Family, contracts: list[Contract]) -> Iterator[Contract]:
    return (each for each in contracts if each.family == family)


def _channel(family: Family, contracts: list[Contract]) -> Document:
    keys = {each.category: each.key for each in _of(family, contracts)}
    return {
        "address": f"{{prefix}}.{family}",
        "title": family.capitalize(),
        "description": texts.channel(keys),
        "servers": [{"$ref": "#/servers/kafka"}],
        "parameters": {"prefix": {"$ref": "#/components/parameters/prefix"}},
        "messages": {each.name: {"$ref": f"#/components/messages/{each.name}"} for each in _of(family, contracts)},
        "bindings": {
            "kafka": {
                "topicConfiguration": {"cleanup.policy": ["delete"], "max.message.bytes": MAX_MESSAGE_BYTES},
                "bindingVersion": BINDING,
            }
        },
    }


def _operation(family: Family, contracts: list[Contract]) -> Document:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{family}"},
        "title": f"Read {family}",
        "description": texts.RECEIVING,
        "messages": [{"$ref": f"#/channels/{family}/messages/{each.name}"} for each in _of(family, contracts)],
    }


def _message(contract: Contract, schemas: "_Schemas", *, former: bool) -> Document:
    told = {"ce_type": {"const": contract.topic}, "ce_typeversion": {"const": str(contract.version)}}
    message = {
        "name": contract.topic,
        "title": f"{contract.title}, version {contract.version}",
        "summary": contract.summary,
        "description": texts.message(contract, former=former),
        "contentType": "application/json",
        "headers": {"allOf": [{"$ref": f"{_SCHEMAS}Headers"}, {"type": "object", "properties": told}]},
        "payload": schemas.of(contract),
        "correlationId": {"$ref": "#/components/correlationIds/command"},
        "bindings": {"kafka": {"key": _key(contract), "bindingVersion": BINDING}},
    }
    if contract.example is not None:
        message["examples"] = [msgspec.to_builtins(contract.example)]
    return message


def _key(contract: Contract) -> Schema:
    return {"type": "string", "format": "uuid", "description": f"Id of the {contract.key}."}


class _Schemas:
    """Shapes that contracts share, once each. Where a former version has another of that name, it keeps its own."""

    def __init__(self, current: list[Contract]) -> None:
        self.shared: dict[str, Schema] = {}
        for contract in current:
            for name, schema in contract.payload.get("definitions", {}).items():
                self.shared.setdefault(name, _referring(schema, {}))

    def of(self, contract: Contract) -> Schema:
        payload = {name: value for name, value in contract.payload.items() if name != "definitions"}
        definitions = contract.payload.get("definitions", {})
        own = {name: f"{contract.name}.{name}" for name in self._differing(definitions)}
        self.shared |= {own[name]: _referring(definitions[name], own) for name in own}
        referring: Schema = _referring(payload, own)
        return referring

    def _differing(self, definitions: Mapping[str, Schema]) -> list[str]:
        """Those that are other shapes here, and all that are made of them."""
        names = {name for name, schema in definitions.items() if self.shared.get(name) != _referring(schema, {})}
        while more := {each for each in definitions.keys() - names if names & set(_references(definitions[each]))}:
            names |= more
        return sorted(names)


def _referring(schema: Any, own: Mapping[str, str]) -> Any:
    """The same, with its references into the document."""
    if isinstance(schema, dict):
        return {
            key: _SCHEMAS + own.get(name := value.removeprefix(REFERENCE), name)
            if key == "$ref"
            else _referring(value, own)
            for key, value in schema.items()
        }
    return [_referring(each, own) for each in schema] if isinstance(schema, list) else schema


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield value.removeprefix(REFERENCE)
            else:
                yield from _references(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from _references(each)
