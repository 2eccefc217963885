"""Routes: FastAPI describes them, a plan made once from the endpoint's signature runs them."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi.routing import APIRoute
from pydantic import BaseModel

from api import bodies
from api.answers import Answer
from api.call import Call
from api.multipart import is_multipart
from api.problems import not_found, unprocessable
from domain.accounts.events import Role
from domain.shared.refusal import Refusal, Violation

M = TypeVar("M", bound=BaseModel)

READS = ("GET", "HEAD")
FOR_ADMINS = ("/api/v1/admin/", "/api/v1/customers")
"""Where routes begin that admins use, though others may too."""

Endpoint = Callable[..., Awaitable[Answer]]


class Access(Enum):
    """Whom a route serves."""

    PUBLIC = "anyone"
    ACCOUNT = "an account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What there is to know of a route beside its path: who may, what comes back, what may be refused."""

    summary: str
    answer: type[Any] | None = None
    """None where the answer has no body, or is no JSON."""
    status: int = 200
    access: Access = Access.ACCOUNT
    roles: tuple[Role, ...] = ()
    """Any will do where there is none."""
    refusals: tuple[type[Refusal], ...] = ()
    problems: tuple[tuple[int, str], ...] = ()
    """Statuses and codes that the endpoint answers by itself, beside those that every route of its kind has."""
    alternatives: tuple[tuple[int, str, type[Any] | None], ...] = ()
    """What else it answers that is no problem: status, media type (empty: no body), and its kind where that is JSON."""
    credentials: bool = False
    """Counts against the narrow limit on guessing."""
    cached: bool = False
    """The answer is the same for everybody and may be kept while its read models stand still."""
    uploads: frozenset[str] | None = None
    """Takes a form with pictures instead of JSON, too; names the fields of it that hold JSON."""
    raw: Mapping[str, Any] | None = None
    """Takes JSON whose bytes are signed, so that the endpoint reads them itself; an example."""
    produces: str = "application/json"
    examples: Mapping[str, Any] | None = None
    """`request` and `response`, as they stand in OpenAPI."""


class TillRoute(APIRoute):
    """A route whose endpoint takes the Call, path parameters, and a `body` and a `query` model by these names."""

    def __init__(self, path: str, endpoint: Endpoint, *, operation: Operation, **described: Any) -> None:
        super().__init__(path, endpoint, response_model=None, summary=operation.summary, **described)
        self.operation = operation
        hints = get_type_hints(endpoint, include_extras=True)
        names = list(inspect.signature(endpoint).parameters)[1:]
        self.body: type[BaseModel] | None = hints.get("body")
        """What is sent; None where nothing is."""
        self.query: type[BaseModel] | None = _bare(hints.get("query"))
        """What may stand behind the path; None where nothing is read there."""
        self._ids = tuple(name for name in names if name not in {"body", "query"} and _is_id(hints[name]))

    @property
    def takes_api_key(self) -> bool:
        """Admin endpoints are for programs too, which act as the admin who issued their key."""
        for_admins = Role.ADMIN in self.operation.roles or self.path.startswith(FOR_ADMINS)
        return for_admins and self.operation.access is Access.ACCOUNT

    @property
    def needs_body(self) -> bool:
        """Whether something has to be sent: a body without required fields may be left out altogether."""
        return self.body is not None and bodies.has_required(self.body)

    def alias(self, method: str, path: str) -> "TillRoute":
        """The same endpoint elsewhere, deprecated."""
        name = f"{self.operation_id}_by_{method.lower()}{path.replace('/', '_').replace('{', '').replace('}', '')}"
        return TillRoute(
            path,
            self.endpoint,
            operation=self.operation,
            methods=[method],
            tags=self.tags,
            status_code=self.status_code,
            operation_id=name,
            deprecated=True,
        )

    async def respond(self, call: Call, parameters: Mapping[str, str]) -> Answer:
        """Who asks is settled first, then whether the request makes sense, then it is carried out."""
        operation = self.operation
        if operation.access is Access.ACCOUNT:
            await call.authenticate(operation.roles, fresh=call.method in READS, by_key=self.takes_api_key)
        arguments: dict[str, Any] = dict(parameters)
        for name in self._ids:
            arguments[name] = _identifier(parameters[name])
        if self.query is not None:
            currency = call.services.settings.store_currency
            arguments["query"] = query_of(self.query, call.scope["query_string"], currency=currency)
        try:
            if operation.uploads is not None and is_multipart(call.given):
                await call.take_form(operation.uploads)
            if self.body is not None:
                arguments["body"] = await call.model(self.body)
            answer: Answer = await self.endpoint(call, **arguments)
        finally:
            await call.close_form()
        return answer


class Resource:
    """The routes of one resource, in one module."""

    def __init__(self, prefix: str, tag: str) -> None:
        self._prefix = prefix
        self._tag = tag
        self.routes: list[TillRoute] = []

    def route(self, method: str, path: str, operation: Operation) -> Callable[[Endpoint], Endpoint]:
        """Adds the decorated endpoint."""

        def add(endpoint: Endpoint) -> Endpoint:
            self.routes.append(
                TillRoute(
                    self._prefix + path,
                    endpoint,
                    operation=operation,
                    methods=[method],
                    tags=[self._tag],
                    status_code=operation.status,
                    operation_id=getattr(endpoint, "__name__", None),
                )
            )
            return endpoint

        return add


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _is_id(hint: Any) -> bool:
    return hint is UUID or getattr(hint, "__supertype__", None) is UUID


def _identifier(text: str) -> UUID:
    """What is no UUID names nothing."""
    try:
        if len(text) != 36:
            raise ValueError(text)
        return UUID(text)
    except ValueError:
        raise not_found() from None


def query_of(model: type[M], raw: bytes, *, currency: str) -> M:
    """The parameters of a request; only those that are lists may be given twice. Raises a Problem."""
    pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True) if raw else []
    given: dict[str, Any] = dict(pairs)
    lists = [
        each.alias or name for name, each in model.model_fields.items() if get_origin(_bare(each.annotation)) is list
    ]
    for name in given.keys() & lists:
        given[name] = [value for key, value in pairs if key == name]
    if sum(len(value) if isinstance(value, list) else 1 for value in given.values()) != len(pairs):
        twice = Violation("", "A parameter was given twice.")
        raise unprocessable("validation-failed", "The request has errors.", twice)
    return bodies.validated(model, given, currency=currency)
