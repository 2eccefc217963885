"""For operators: is it alive, can it serve, what does it count, and what is there to call."""

from fastapi.openapi.docs import get_swagger_ui_html
from prometheus_client import CONTENT_TYPE_LATEST

from api.answers import Answer, View, encode, json_answer, plain
from api.call import Call
from api.routing import Access, Operation, Resource

RESOURCE = Resource("", "operations")
DOCS_POLICY = (
    b"content-security-policy",
    (
        b"default-src 'none'; script-src 'unsafe-inline' https://cdn.jsdelivr.net; connect-src 'self'; "
        b"style-src 'unsafe-inline' https://cdn.jsdelivr.net; img-src data: https://fastapi.tiangolo.com; "
        b"frame-ancestors 'none'"
    ),
)
UNCACHED = [(b"cache-control", b"no-store")]


class LiveView(View, frozen=True, kw_only=True):
    status: str


class ReadyView(View, frozen=True, kw_only=True):
    """`ready`, `degraded` (a read model has stopped) or `unavailable`."""

    status: str
    checks: dict[str, str]


@RESOURCE.route("GET", "/health/live", Operation(summary="Alive", access=Access.PUBLIC, answer=LiveView))
async def live(call: Call) -> Answer:  # noqa: ARG001 - every endpoint takes the call
    return json_answer(LiveView(status="alive"), headers=UNCACHED)


@RESOURCE.route("GET", "/health/ready", Operation(summary="Able to serve", access=Access.PUBLIC, answer=ReadyView))
async def ready(call: Call) -> Answer:
    checks = dict(await call.services.health())
    failing = [name for name, state in checks.items() if state != "ok"]
    unable = [name for name in failing if not name.startswith("projection ")]
    status = "unavailable" if unable else "degraded" if failing else "ready"
    headers = [*UNCACHED, (b"retry-after", b"1")] if unable else UNCACHED
    return json_answer(ReadyView(status=status, checks=checks), status=503 if unable else 200, headers=headers)


@RESOURCE.route(
    "GET", "/metrics", Operation(summary="Counters for Prometheus", access=Access.PUBLIC, produces="text/plain")
)
async def metrics(call: Call) -> Answer:
    return plain(200, call.services.metrics(), CONTENT_TYPE_LATEST, UNCACHED)


@RESOURCE.route("GET", "/openapi.json", Operation(summary="This document", access=Access.PUBLIC))
async def openapi(call: Call) -> Answer:
    return plain(200, encode(call.app.openapi()), "application/json")


@RESOURCE.route("GET", "/docs", Operation(summary="This document, to try", access=Access.PUBLIC, produces="text/html"))
async def docs(call: Call) -> Answer:  # noqa: ARG001 - every endpoint takes the call
    page = get_swagger_ui_html(openapi_url="/openapi.json", title="Tillstream")
    return plain(200, bytes(page.body), "text/html; charset=utf-8", [DOCS_POLICY])
