"""The Postman collection: every operation of the OpenAPI document as a request that can be sent."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

import msgspec

from api.answers import encode

Document = Mapping[str, Any]

NAMESPACE = UUID("3f1f3a0e-4f0c-5d0e-8a39-6d1b7f5c2e91")
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
KEEPS_TOKEN = [
    "if (pm.response.code === 200) {",
    "  pm.collectionVariables.set('token', pm.response.json().accessToken);",
    "  pm.collectionVariables.set('refreshToken', pm.response.json().refreshToken);",
    "}",
]
GIVES_TOKEN = frozenset({"/api/v1/auth/login", "/api/v1/auth/refresh"})


def collection(document: Document) -> dict[str, Any]:
    """A folder for each tag; the token of the last login goes with every request that takes one."""
    folders: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            folders.setdefault(operation["tags"][0], []).append(_item(method.upper(), path, operation))
    title = document["info"]["title"]
    return {
        "info": {
            "_postman_id": str(uuid5(NAMESPACE, title)),
            "name": title,
            "description": document["info"]["description"],
            "schema": SCHEMA,
        },
        "variable": [{"key": "baseUrl", "value": "http://127.0.0.1:8000"}, {"key": "token", "value": ""}],
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "item": [{"name": tag, "item": items} for tag, items in folders.items()],
    }


def _item(method: str, path: str, operation: Document) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": method,
        "header": list(_headers(operation)),
        "url": _url(path, operation),
        "description": operation.get("description", operation["summary"]),
    }
    if not operation.get("security"):
        request["auth"] = {"type": "noauth"}
    body = operation.get("requestBody", {}).get("content", {})
    if body:
        kind, content = next(iter(body.items()))
        request["body"] = _body(kind, content)
    mark = " (deprecated)" if operation.get("deprecated") else ""
    item: dict[str, Any] = {"name": operation["summary"] + mark, "request": request}
    item["response"] = list(_responses(operation, request))
    if path in GIVES_TOKEN:
        item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": KEEPS_TOKEN}}]
    return item


def _url(path: str, operation: Document) -> dict[str, Any]:
    """Parameters of the path are Postman's variables; those of the query are there, switched off."""
    segments = [f":{part[1:-1]}" if part.startswith("{") else part for part in path.strip("/").split("/")]
    url: dict[str, Any] = {"raw": "{{baseUrl}}/" + "/".join(segments), "host": ["{{baseUrl}}"], "path": segments}
    variables = [{"key": each["name"], "value": ""} for each in _parameters(operation, "path")]
    query = [
        {"key": each["name"], "value": "", "disabled": not each.get("required", False)}
        for each in _parameters(operation, "query")
    ]
    return url | ({"variable": variables} if variables else {}) | ({"query": query} if query else {})


def _headers(operation: Document) -> Iterator[dict[str, Any]]:
    for kind in operation.get("requestBody", {}).get("content", {}):
        if not kind.startswith("multipart/"):
            yield {"key": "Content-Type", "value": kind}
            break
    for each in _parameters(operation, "header"):
        value = "{{$guid}}" if each["name"] == "Idempotency-Key" else ""
        yield {"key": each["name"], "value": value, "description": each.get("description", ""), "disabled": True}


def _body(kind: str, content: Document) -> dict[str, Any]:
    if kind.startswith("multipart/"):
        return {"mode": "formdata", "formdata": []}
    return {"mode": "raw", "raw": _text(content.get("example", {})), "options": {"raw": {"language": "json"}}}


def _responses(operation: Document, request: Document) -> Iterator[dict[str, Any]]:
    """What it answers when all is well; its problems are in the document."""
    named = {name: request[name] for name in ("method", "header", "url", "body") if name in request}
    for status, response in operation["responses"].items():
        for kind, content in response.get("content", {}).items() if status.startswith("2") else ():
            yield {
                "name": response["description"],
                "originalRequest": named,
                "code": int(status),
                "header": [{"key": "Content-Type", "value": kind}],
                "body": _text(content["example"]) if "example" in content else "",
            }


def _parameters(operation: Document, place: str) -> Iterator[Document]:
    return (each for each in operation.get("parameters", ()) if each["in"] == place)


def _text(example: object) -> str:
    return msgspec.json.format(encode(example), indent=2).decode()
