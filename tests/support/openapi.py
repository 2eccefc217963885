"""The OpenAPI document as a promise: what may be answered where, checked by a JSON Schema validator."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import httpx
import msgspec
from jsonschema import Draft202012Validator

from api.answers import encode
from api.app import VERSION, api_routes
from api.dispatch import Dispatcher
from api.openapi import document
from api.problems import Problem
from api.routing import TillRoute

METHODS = ("get", "post", "put", "patch", "delete")


class Contract:
    """The document's operations, and whether an answer is among those that they promise."""

    def __init__(self, described: Mapping[str, Any]) -> None:
        self.document = described
        self._validators: dict[str, Draft202012Validator] = {}

    def operations(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Method, path and operation."""
        for path, each in self.document["paths"].items():
            for method, operation in each.items():
                yield method.upper(), path, operation

    def operation(self, method: str, path: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.document["paths"][path][method.lower()]
        return found

    def resolved(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """The part, or what it refers to."""
        while "$ref" in part:
            found: Any = self.document
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part

    def misfits(self, schema: Mapping[str, Any], value: object) -> list[str]:
        """What is wrong with a value; a property of an answer that its schema does not name is wrong too."""
        key = str(msgspec.json.encode(schema, order="sorted"))
        if key not in self._validators:
            whole = {**schema, "components": {"schemas": strict(self.document["components"]["schemas"])}}
            checker = Draft202012Validator.FORMAT_CHECKER
            self._validators[key] = Draft202012Validator(whole, format_checker=checker)
        return [f"{error.json_path}: {error.message[:300]}" for error in self._validators[key].iter_errors(value)]

    def breaches(self, method: str, path: str, answer: httpx.Response) -> list[str]:
        """What the answer says that the operation did not promise; `path` is the route's."""
        operation = self.operation(method, path)
        if str(answer.status_code) not in operation["responses"]:
            return [f"{method} {path} answers {answer.status_code}, which is not in the document: {answer.text[:300]}"]
        promised = self.resolved(operation["responses"][str(answer.status_code)])
        missing = [
            f"{method} {path} {answer.status_code} comes without {name}"
            for name, header in promised.get("headers", {}).items()
            if header.get("required") and name not in answer.headers
        ]
        return missing + [f"{method} {path} {answer.status_code}: {each}" for each in self._body(promised, answer)]

    def _body(self, promised: Mapping[str, Any], answer: httpx.Response) -> list[str]:
        content = promised.get("content", {})
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if not content:
            return [f"a body of {kind}, and none was promised"] if answer.content else []
        if kind not in content and not any(_covers(each, kind) for each in content):
            return [f"{kind or 'nothing'} instead of {', '.join(content)}"]
        if kind not in {"application/json", "application/problem+json"} or kind not in content:
            return []
        return self.misfits(content[kind]["schema"], msgspec.json.decode(answer.content))


def _covers(pattern: str, kind: str) -> bool:
    return pattern == "*/*" or (pattern.endswith("/*") and kind.startswith(pattern[:-1]))


def strict(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Answers have no other properties than those named; problems are put together from parts."""
    closed: dict[str, Any] = {}
    for name, schema in schemas.items():
        open_ended = "properties" not in schema or "additionalProperties" in schema or name == "ProblemDetails"
        closed[name] = schema if open_ended else {**schema, "additionalProperties": False}
    return closed


@cache
def served() -> tuple[tuple[TillRoute, ...], Dispatcher]:
    routes = tuple(api_routes())
    return routes, Dispatcher(routes)


@cache
def contract() -> Contract:
    """Of the API as it is."""
    return Contract(msgspec.json.decode(encode(document(served()[0], version=VERSION))))


def keeps_to_the_document(answer: httpx.Response) -> httpx.Response:
    """The answer; fails where the document does not know its status, its code or its form."""
    method, path = answer.request.method, answer.request.url.path
    if path.startswith("/api/") and not path.startswith("/api/v1/"):
        path = "/api/v1" + path[4:]
    try:
        route, _ = served()[1].find(method, path)
    except Problem:  # what is no operation is not described
        return answer
    if method == "HEAD" or method.lower() not in contract().document["paths"][route.path]:
        return answer
    breaches = contract().breaches(method, route.path, answer)
    assert not breaches, "\n".join([*breaches, "(refusals and problems of the Operation say what a route may answer)"])
    return answer


class KeptClient(httpx.Client):
    """Fails with an answer that the document does not know."""

    def request(self, *arguments: Any, **named: Any) -> httpx.Response:
        return keeps_to_the_document(super().request(*arguments, **named))


class KeptAsyncClient(httpx.AsyncClient):
    """Likewise."""

    async def request(self, *arguments: Any, **named: Any) -> httpx.Response:
        return keeps_to_the_document(await super().request(*arguments, **named))
