"""The OpenAPI document: FastAPI describes requests, msgspec the answers, the routes' own table the rest."""

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi

from api.answers import schema_components
from api.openapi_problems import Problems
from api.problems import ProblemDetails
from api.routing import READS, Access, TillRoute

DESCRIPTION = """An event-sourced shop. Amounts are exact JSON numbers in major units. Every change takes an
`Idempotency-Key` and answers `X-Position`; a read that sends it back as `X-Min-Position` sees the change.
Errors are RFC 9457 problem documents."""
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
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    return made


def _answers(routes: Iterable[TillRoute]) -> list[type[Any]]:
    return list(dict.fromkeys(route.operation.answer for route in routes if route.operation.answer is not None))


def _complete(operation: dict[str, Any], route: TillRoute, method: str, problems: Problems) -> None:
    described = route.operation
    operation["parameters"] = [*operation.get("parameters", []), *_header_parameters(route, method)]
    if described.access is Access.ACCOUNT:
        operation["security"] = [{"bearer": []}]
    if described.roles:
        operation["description"] = f"For {' or '.join(described.roles)}. {operation.get('description', '')}".strip()
    examples = described.examples or {}
    if "request" in examples and "requestBody" in operation:
        for content in operation["requestBody"]["content"].values():
            content["example"] = examples["request"]
    operation["responses"] = {str(described.status): _success(route, examples), **problems.of(route, method)}


def _success(route: TillRoute, examples: Any) -> dict[str, Any]:
    described = route.operation
    response: dict[str, Any] = {"description": described.summary}
    if described.answer is not None:
        content: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{described.answer.__name__}"}}
        if "response" in examples:
            content["example"] = examples["response"]
        response["content"] = {"application/json": content}
    elif described.status == 200:
        response["content"] = {described.produces.partition(";")[0]: {"schema": {"type": "string"}}}
    return response


def _header_parameters(route: TillRoute, method: str) -> list[dict[str, Any]]:
    if not route.path.startswith("/api/"):
        return []
    if method in READS:
        return [_header("X-Min-Position", "What X-Position said: the answer shows at least that write.")]
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
