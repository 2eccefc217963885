"""The one layer around the routes: request ids, limits, problems, security headers, gzip, metrics."""

import gzip
import re
from collections.abc import Callable, Mapping
from random import getrandbits
from time import perf_counter
from typing import Final
from urllib.parse import quote

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from api import identity, metrics, negotiation
from api.answers import Answer, Header
from api.call import Call
from api.dispatch import Dispatcher
from api.errors import from_fault, internal
from api.problems import Problem
from api.routing import READS, TillRoute
from api.running import Running

PREFIX: Final = "/api/v1"
REQUEST_ID: Final = re.compile(rb"[\x21-\x7e]{1,128}")
WORTH_COMPRESSING: Final = 1_024
SECURITY: Final[list[Header]] = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"strict-transport-security", b"max-age=31536000"),
]
STRICT_CONTENT: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
PRIVATE: Final = (b"cache-control", b"private, no-cache")
VARY: Final = (b"vary", b"Accept-Encoding, Authorization")
LONGEST_PATH: Final = 2_048
KEPT_ON_304: Final = frozenset({b"etag", b"cache-control", b"last-modified"})
BODILESS: Final = frozenset({204, 304})

_log = structlog.get_logger(__name__)


class Edge:
    """Pure ASGI. What is no HTTP request goes to `fallback`."""

    def __init__(self, dispatcher: Dispatcher, *, running: Callable[[], Running], fallback: ASGIApp) -> None:
        self._dispatcher = dispatcher
        self._running = running
        self._fallback = fallback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._fallback(scope, receive, send)
            return
        started = perf_counter()
        headers: list[Header] = []
        call = self._call(scope, receive, headers)
        answer, template = await self._answer(call)
        answer = _conditional(call, answer)
        await _send(call, answer, headers, send)
        seconds = perf_counter() - started
        metrics.answered(method=call.method, route=template, status=answer.status, seconds=seconds)

    def _call(self, scope: Scope, receive: Receive, headers: list[Header]) -> Call:
        """Reads the header fields once, and settles the path and the request's name."""
        given: dict[bytes, bytes] = dict(scope["headers"])
        name = given.get(b"x-request-id")
        if name is None or not REQUEST_ID.fullmatch(name):
            name = b"%032x" % getrandbits(128)  # a name, not a secret
        headers.append((b"x-request-id", name))
        path: str = scope["path"]
        if path.startswith("/api/") and not path.startswith("/api/v1/"):
            scope["path"] = path = PREFIX + path[4:]
            successor = f'<{quote(path)}>; rel="successor-version"'
            headers += [(b"deprecation", b"true"), (b"link", successor.encode())]
        return Call(scope, receive, running=self._running(), given=given, request_id=name.decode())

    async def _answer(self, call: Call) -> tuple[Answer, str]:
        template = "unmatched"
        path: str = call.scope["path"]
        try:
            if len(path) > LONGEST_PATH:
                raise Problem(414, "address-too-long", "The address is too long.")
            _admit(call, path)
            if (kept := call.running.cache.find(call.scope, call.given)) is not None:
                return kept
            if call.method == "OPTIONS":
                return Answer(204, b"", [(b"allow", self._dispatcher.allowed(path))]), template
            route, parameters = self._dispatcher.find(call.method, path)
            template = route.path
            return await _respond(call, route, parameters), template
        except Exception as error:  # noqa: BLE001 - the last place where a fault can still become an answer
            return _problem(call, error, template), template


def _admit(call: Call, path: str) -> None:
    """Learns who asks, and counts it. Operators' routes are not limited."""
    if b"authorization" in call.given:
        call.claims = identity.claims_of(call.given, call.services)
    limits = call.running.limits
    if limits.on and path.startswith(PREFIX):
        account = str(call.claims.account) if call.claims else None
        call.limit_headers = limits.request(account=account, address=call.address)


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


def _conditional(call: Call, answer: Answer) -> Answer:
    """304 where the client holds what it would get."""
    held = call.given.get(b"if-none-match")
    if held is None or answer.status != 200 or call.method not in READS:
        return answer
    etag = next((value for name, value in answer.headers if name == b"etag"), None)
    tags = {tag.strip().removeprefix(b"W/") for tag in held.split(b",")}
    if etag is None or (etag not in tags and b"*" not in tags):
        return answer
    return Answer(304, b"", [each for each in answer.headers if each[0] in KEPT_ON_304])


async def _send(call: Call, answer: Answer, headers: list[Header], send: Send) -> None:
    body = answer.body
    headers += answer.headers
    headers += call.extra
    if answer.status != 429:  # that one has brought its own
        headers += call.limit_headers
    headers += SECURITY
    names = {name for name, _ in headers}
    if b"content-security-policy" not in names:
        headers.append(STRICT_CONTENT)
    if b"cache-control" not in names:
        headers.append(PRIVATE)
    headers.append(VARY)
    position = call.positioned.token()
    if position is not None:
        headers.append((b"x-position", position))
    if len(body) >= WORTH_COMPRESSING and negotiation.takes_gzip(call.given):
        body = gzip.compress(body, compresslevel=5, mtime=0)
        headers.append((b"content-encoding", b"gzip"))
    if answer.status not in BODILESS:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if call.method == "HEAD" else body})
