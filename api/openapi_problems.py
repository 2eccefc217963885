"""Each status that a route can fail with, and the codes that go with it, for the OpenAPI document."""

from typing import Any, Final

from api.errors import STATUSES
from api.problems import TITLES
from api.routing import READS, Access, TillRoute

PROBLEM_REF: Final = {"$ref": "#/components/schemas/ProblemDetails"}
REQUEST_CODES: Final = ("validation-failed", "malformed-json", "invalid-idempotency-key", "idempotency-key-reused")


class Problems:
    """Describes the problems of one route after another; what many routes have alike is described once."""

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {}
        """For `#/components/responses`."""

    def of(self, route: TillRoute, method: str) -> dict[str, Any]:
        """By status; each says its codes."""
        codes = codes_of(route, method)
        return {str(status): self._response(status, each) for status, each in sorted(codes.items())}

    def _response(self, status: int, codes: tuple[str, ...]) -> dict[str, Any]:
        if len(codes) > 4:
            return _problem(status, codes)
        name = f"{status}.{'.'.join(codes)}"
        self.shared.setdefault(name, _problem(status, codes))
        return {"$ref": f"#/components/responses/{name}"}


def codes_of(route: TillRoute, method: str) -> dict[int, tuple[str, ...]]:
    """What the route itself can answer, what its command can be refused by, and what the layers before it can say."""
    described = route.operation
    codes: dict[int, list[str]] = {406: ["not-acceptable"], 500: ["internal-error"], 503: ["overloaded", "unavailable"]}
    if route.path.startswith("/api/"):
        codes[429] = ["rate-limited"]
    if described.access is Access.ACCOUNT:
        codes[401], codes[403] = ["unauthenticated"], ["forbidden"]
    if "{" in route.path:
        codes[404], codes[414] = ["not-found"], ["address-too-long"]
    if method not in READS:
        codes |= {413: ["body-too-large"], 415: ["unsupported-media-type", "unsupported-encoding"]}
        codes |= {422: [*REQUEST_CODES], 504: ["outcome-unknown"]}
    elif route.path.startswith("/api/"):
        codes[422] = ["validation-failed", "invalid-position"]
        codes[503].append("not-caught-up")
    if method in {"PUT", "PATCH", "DELETE"}:
        codes[412] = ["version-mismatch"]
    for status, code in [*((STATUSES[each], each.code) for each in described.refusals), *described.problems]:
        codes.setdefault(status, []).append(code)
    return {status: tuple(dict.fromkeys(each)) for status, each in codes.items()}


def _problem(status: int, codes: tuple[str, ...]) -> dict[str, Any]:
    example = {
        "type": f"/problems/{codes[0]}",
        "title": TITLES[status],
        "status": status,
        "detail": TITLES[status] + ".",
        "code": codes[0],
        "instance": "/api/v1/products",
        "requestId": "7f1c0de2",
    }
    named = ", ".join(f"`{code}`" for code in codes)
    told = {"properties": {"status": {"const": status}, "code": {"enum": list(codes)}}}
    schema = {"allOf": [PROBLEM_REF, told]}
    response: dict[str, Any] = {
        "description": f"{TITLES[status]}: {named}",
        "content": {"application/problem+json": {"schema": schema, "example": example}},
    }
    if headers := _HEADERS.get(status):
        response["headers"] = {name: {"description": text, "schema": {"type": "string"}} for name, text in headers}
    return response


_HEADERS: Final = {
    401: [("WWW-Authenticate", "How to authenticate.")],
    429: [("Retry-After", "Seconds.")],
    503: [("Retry-After", "Seconds.")],
    504: [("Retry-After", "Seconds.")],
}
