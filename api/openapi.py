"""The OpenAPI document: FastAPI describes requests, msgspec the answers, the routes' own table the rest."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from fastapi.openapi.utils import get_openapi

from api.answers import schema_components
from api.openapi_problems import Problems
from api.problems import ProblemDetails
from api.routing import READS, Access, TillRoute
from api.samples import exact, sample
from domain.catalogue.images import MAX_IMAGES

DESCRIPTION = """An event-sourced shop. Amounts are exact JSON numbers in major units. Every change takes an
`Idempotency-Key` and answers `X-Position`; a read that sends it back as `X-Min-Position` sees the change.
Errors are RFC 9457 problem documents."""
NOT_MODIFIED = {"description": "If-None-Match names what there is."}
ALWAYS = frozenset({"X-Request-Id", "Location"})
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
DECIMAL_AS_TEXT = {"type": "string", "format": "decimal"}


def document(routes: Sequence[TillRoute], *, version: str) -> dict[str, Any]:
    """OpenAPI 3.1, made once."""
    made = get_openapi(
        title="Tillstream", version=version, openapi_version="3.1.0", description=DESCRIPTION, routes=routes
    )
    problems = Problems()
    for route in routes:
        for method in route.methods or ():
            operation = made["paths"].get(route.path_format, {}).get(method.lower())
            if operation is not None:
                _complete(operation, route, method, problems)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas.update(_as_numbers(schema_components([ProblemDetails, *_answers(routes)])))
    components["responses"] = dict(sorted(problems.shared.items()))
    components["securitySchemes"] = SECURITY
    return made


def _answers(routes: Iterable[TillRoute]) -> list[type[Any]]:
    named = [
        kind
        for route in routes
        for kind in (route.operation.answer, *(each for _, _, each in route.operation.alternatives))
    ]
    return list(dict.fromkeys(kind for kind in named if kind is not None))


def _complete(operation: dict[str, Any], route: TillRoute, method: str, problems: Problems) -> None:
    described = route.operation
    operation["parameters"] = [*operation.get("parameters", []), *_header_parameters(route, method)]
    if described.access is Access.ACCOUNT:
        operation["security"] = [{"bearer": []}, *([{"apiKey": []}] if route.takes_api_key else [])]
    if described.roles:
        operation["description"] = f"For {' or '.join(described.roles)}. {operation.get('description', '')}".strip()
    examples = described.examples or {}
    if "requestBody" in operation and not route.needs_body:
        operation["requestBody"].pop("required", None)
    if "request" in examples and "requestBody" in operation:
        for content in operation["requestBody"]["content"].values():
            content["example"] = exact(examples["request"])
    if described.uploads is not None:
        _take_forms(operation)
    if described.raw is not None:
        content = {"schema": {"type": "object"}, "example": described.raw}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    held = {"304": NOT_MODIFIED} if method in READS and route.path.startswith(("/api/", "/images/")) else {}
    operation["responses"] = {str(described.status): _success(route, method), **held, **problems.of(route, method)}
    for status, kind, answer in described.alternatives:
        response = operation["responses"].setdefault(str(status), {"description": described.summary})
        if "$ref" in response:
            response = operation["responses"][str(status)] = deepcopy(
                problems.shared[response["$ref"].rpartition("/")[2]]
            )
        if kind:
            response.setdefault("content", {}).update(_content(kind, answer, examples.get("response")))


def _take_forms(operation: dict[str, Any]) -> None:
    """The body may be a form with pictures as well, or has to be."""
    pictures = {"type": "array", "maxItems": MAX_IMAGES, "items": {"type": "string", "format": "binary"}}
    body = operation.setdefault("requestBody", {"required": True, "content": {}})
    form: dict[str, Any] = {"type": "object", "properties": {"images": pictures}}
    shown = {"images": ["kettle.jpg"]}
    if described := body["content"].get("application/json"):
        form = {"allOf": [described["schema"], form]}
        shown = {**described.get("example", {}), **shown}
    else:
        form["required"] = ["images"]
    body["content"]["multipart/form-data"] = {"schema": form, "example": shown}


def _success(route: TillRoute, method: str) -> dict[str, Any]:
    described = route.operation
    response: dict[str, Any] = {"description": described.summary, "headers": _headers(route, method)}
    if described.answer is not None or described.status == 200:
        said = (described.examples or {}).get("response")
        response["content"] = _content(described.produces.partition(";")[0], described.answer, said)
    return response


def _content(kind: str, answer: type[Any] | None, said: Any) -> dict[str, Any]:
    """A body of that media type with an example; of JSON by its own name, or any object."""
    if answer is not None:
        schema: dict[str, Any] = {"$ref": f"#/components/schemas/{answer.__name__}"}
        return {kind: {"schema": schema, "example": sample(answer, said)}}
    if kind == "application/json":
        return {kind: {"schema": {"type": "object"}, "example": said or {}}}
    return {kind: {"schema": {"type": "string"}, "example": said if isinstance(said, str) else ""}}


def _headers(route: TillRoute, method: str) -> dict[str, Any]:
    """What an answer that is no problem says beside its body."""
    named = {"X-Request-Id": "Under which it was logged."}
    if route.path.startswith("/api/"):
        named["X-Position"] = "Where the write went." if method not in READS else ""
        named["ETag"] = "The version."
    if route.operation.status == 201:
        named["Location"] = "Where the resource is."
    return {
        name: {"description": text, "required": name in ALWAYS, "schema": {"type": "string"}}
        for name, text in named.items()
        if text
    }


def _header_parameters(route: TillRoute, method: str) -> list[dict[str, Any]]:
    if not route.path.startswith("/api/"):
        return []
    if method in READS:
        return [
            _header("X-Min-Position", "What X-Position said: the answer shows at least that write."),
            _header("If-None-Match", "The ETag of what the client holds."),
        ]
    parameters = [_header("Idempotency-Key", "Any text of 1 to 255 characters; a repeated request is executed once.")]
    if method in {"PUT", "PATCH", "DELETE"}:
        parameters.append(_header("If-Match", "The ETag of the version that is to be changed."))
    return parameters


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": {"type": "string"}}


def _as_numbers(schema: Any) -> Any:
    """Decimals are numbers here, not text."""
    if isinstance(schema, dict):
        return {"type": "number"} if schema == DECIMAL_AS_TEXT else {k: _as_numbers(v) for k, v in schema.items()}
    return [_as_numbers(each) for each in schema] if isinstance(schema, list) else schema
