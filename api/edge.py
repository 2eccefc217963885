"""The one layer around the routes: request ids, limits, the cache, problems, metrics."""

import re
from collections.abc import Callable, Mapping
from random import getrandbits
from time import perf_counter
from typing import Final
from urllib.parse import quote

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from api import identity, metrics, negotiation
from api.answers import Answer, Header, StreamedAnswer
from api.call import Call
from api.dispatch import Dispatcher
from api.errors import from_fault, internal
from api.problems import Problem
from api.routing import READS, TillRoute
from api.running import Running
from api.sending import ONLY_TLS, conditional, send_answer, send_stream

PREFIX: Final = "/api/v1"
REQUEST_ID: Final = re.compile(rb"[\x21-\x7e]{1,128}")
LONGEST_PATH: Final = 2_048

_log = structlog.get_logger(__name__)


class Edge:
    """Pure ASGI. What is no HTTP request, WebSockets among it, goes to `fallback`."""

    def __init__(self, dispatcher: Dispatcher, *, running: Callable[[], Running], fallback: ASGIApp) -> None:
        self._dispatcher = dispatcher
        self._open = running
        self._running: Running | None = None
        self._fallback = fallback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                _canonical(scope)
            await self._fallback(scope, receive, send)
            return
        started = perf_counter()
        headers: list[Header] = []
        call = self._call(scope, receive, headers)
        answer, template = await self._answer(call)
        method = call.method
        if method in READS:
            answer = conditional(answer, call.given.get(b"if-none-match"))
        headers += call.own_headers(answer.status)
        if call.secure:
            headers.append(ONLY_TLS)
        if isinstance(answer, StreamedAnswer):
            metrics.answered(method=method, route=template, status=answer.status, seconds=perf_counter() - started)
            await send_stream(answer, receive, send, headers=headers, with_body=method != "HEAD")
            return
        await send_answer(answer, send, headers=headers, given=call.given, with_body=method != "HEAD")
        metrics.answered(method=method, route=template, status=answer.status, seconds=perf_counter() - started)

    def _call(self, scope: Scope, receive: Receive, headers: list[Header]) -> Call:
        """Reads the header fields once, and settles the path and the request's name."""
        given: dict[bytes, bytes] = dict(scope["headers"])
        name = given.get(b"x-request-id")
        if name is None or not REQUEST_ID.fullmatch(name):
            name = b"%032x" % getrandbits(128)  # a name, not a secret
        headers.append((b"x-request-id", name))
        if _canonical(scope):
            successor = f'<{quote(scope["path"])}>; rel="successor-version"'
            headers += [(b"deprecation", b"true"), (b"link", successor.encode())]
        running = self._running
        if running is None:
            running = self._running = self._open()
        return Call(scope, receive, running=running, given=given, request_id=name.decode())

    async def _answer(self, call: Call) -> tuple[Answer, str]:
        template = "unmatched"
        path: str = call.scope["path"]
        try:
            if len(path) > LONGEST_PATH:
                raise Problem(414, "address-too-long", "The address is too long.")
            await _admit(call, path)
            if (kept := call.running.cache.find(call.scope, call.given)) is not None:
                return kept
            if call.method == "OPTIONS":
                return Answer(204, b"", [(b"allow", self._dispatcher.allowed(path))]), template
            route, parameters = self._dispatcher.find(call.method, path)
            template = route.path
            return await _respond(call, route, parameters), template
        except Exception as error:  # noqa: BLE001 - the last place where a fault can still become an answer
            return _problem(call, error, template), template


def _canonical(scope: Scope) -> bool:
    """Serves what was asked for without a version under the version there is; whether it was asked for so."""
    path: str = scope["path"]
    if not path.startswith("/api/") or path.startswith("/api/v1/"):
        return False
    scope["path"] = PREFIX + path[4:]
    return True


async def _admit(call: Call, path: str) -> None:
    """Learns who asks, and counts it. Operators' routes are not limited."""
    if b"authorization" in call.given:
        call.claims = identity.claims_of(call.given, call.services)
    elif b"x-api-key" in call.given:
        call.key = await identity.key_of(call.given, call.services)
    limits = call.running.limits
    if limits.on and path.startswith(PREFIX):
        account = str(call.claims.account) if call.claims else str(call.key.key) if call.key else None
        call.limit_headers = await limits.request(account=account, address=identity.counted_as(call.address))


async def _respond(call: Call, route: TillRoute, parameters: Mapping[str, str]) -> Answer:
    negotiation.require_acceptable(call.given, route.operation.produces)
    if not route.operation.cached:
        return await route.respond(call, parameters)
    cache = call.running.cache
    mark = cache.mark(parameters)
    answer = await route.respond(call, parameters)
    cache.keep(call.scope, call.given, answer, route.path, mark)
    return answer


def _problem(call: Call, error: Exception, template: str) -> Answer:
    problem = from_fault(error, executed=call.submitted)
    if problem is None:
        _log.error("unhandled", route=template, request_id=call.request_id, exc_info=error)
        problem = internal()
    return problem.answer(instance=call.scope["path"], request_id=call.request_id)
