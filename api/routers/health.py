"""For operators: is it alive, can it serve, what does it count, and what is there to call."""

from functools import cache
from importlib.resources import files

from fastapi.openapi.docs import get_swagger_ui_html
from prometheus_client import CONTENT_TYPE_LATEST

from api.answers import Answer, View, encode, json_answer, plain
from api.call import Call
from api.problems import not_found
from api.routing import Access, Operation, Resource

RESOURCE = Resource("", "operations")
DOCS_POLICY = (
    b"content-security-policy",
    (
        b"default-src 'none'; script-src 'self' 'unsafe-inline'; connect-src 'self'; "
        b"style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
    ),
)
ASSETS = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "favicon.png": "image/png",
}
"""What the page of the documentation needs; from a package, so that it works where there is no way out."""
KEPT_A_DAY = [(b"cache-control", b"public, max-age=86400")]
BEARABLE = ("projection ", "rate limits")
"""What can be wrong while requests are still answered."""
UNCACHED = [(b"cache-control", b"no-store")]


class LiveView(View, frozen=True, kw_only=True):
    status: str


class ReadyView(View, frozen=True, kw_only=True):
    """`ready`, `degraded` (a read model has stopped, or limits are counted by each process alone) or `unavailable`."""

    status: str
    checks: dict[str, str]


@RESOURCE.route("GET", "/health/live", Operation(summary="Alive", access=Access.PUBLIC, answer=LiveView))
async def live(_: Call) -> Answer:
    return json_answer(LiveView(status="alive"), headers=UNCACHED)


@RESOURCE.route(
    "GET",
    "/health/ready",
    Operation(
        summary="Able to serve",
        access=Access.PUBLIC,
        answer=ReadyView,
        alternatives=((503, "application/json", ReadyView),),
        examples={"response": {"status": "ready", "checks": {"database": "ok"}}},
    ),
)
async def ready(call: Call) -> Answer:
    checks = {**await call.services.health(), **call.running.limits.health()}
    failing = [name for name, state in checks.items() if state != "ok"]
    unable = [name for name in failing if not name.startswith(BEARABLE)]
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
async def docs(_: Call) -> Answer:
    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Tillstream",
        swagger_js_url="/docs/swagger-ui-bundle.js",
        swagger_css_url="/docs/swagger-ui.css",
        swagger_favicon_url="/docs/favicon.png",
    )
    return plain(200, bytes(page.body), "text/html; charset=utf-8", [DOCS_POLICY])


@RESOURCE.route("GET", "/docs/{asset}", Operation(summary="What the page needs", access=Access.PUBLIC, produces="*/*"))
async def docs_asset(_: Call, asset: str) -> Answer:
    kind = ASSETS.get(asset)
    if kind is None:
        raise not_found()
    return plain(200, _asset(asset), kind, KEPT_A_DAY)


@cache
def _asset(name: str) -> bytes:
    return (files("fastapi_offline") / "static" / name).read_bytes()
