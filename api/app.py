"""The API put together: FastAPI for its description and life, one edge in front of the routes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import cast

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api import live_socket
from api.contexts import has, served
from api.dispatch import Dispatcher
from api.edge import Edge
from api.openapi import document
from api.routers import (
    addresses,
    admin_users,
    analytics,
    api_keys,
    audit,
    auth,
    cart,
    categories,
    checkout,
    contact,
    coupons,
    customers,
    deprecated,
    events,
    health,
    images,
    inventory,
    jobs,
    mailed_tokens,
    orders,
    payment_webhooks,
    payments,
    products,
    projections,
    reports,
    reviews,
    sales,
    search,
    sessions,
    unsubscribing,
    users,
    webhooks,
    wishlist,
)
from api.routing import TillRoute
from api.running import Running
from api.services import ApiSettings, Services
from api.warming import warm

VERSION = "1.0.0"
EXPOSED = (
    *("ETag", "Location", "Link", "Deprecation", "Retry-After", "X-Request-Id", "X-Position", "X-Stale"),
    *("Idempotent-Replayed", "WWW-Authenticate"),
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy"),
)
ACCEPTED = (
    *("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"),
    *("X-Min-Position", "X-Request-Id", "X-API-Key"),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
RESOURCES = (
    auth,
    mailed_tokens,
    unsubscribing,
    users,
    contact,
    addresses,
    sessions,
    admin_users,
    customers,
    api_keys,
    audit,
    projections,
    jobs,
    products,
    search,
    sales,
    categories,
    images,
    reviews,
    inventory,
    cart,
    wishlist,
    coupons,
    checkout,
    orders,
    payments,
    payment_webhooks,
    analytics,
    events,
    reports,
    webhooks,
    health,
)


def api_routes() -> list[TillRoute]:
    """Every route, the deprecated ones included."""
    canonical = [route for module in RESOURCES for route in module.RESOURCE.routes]
    return [*canonical, *deprecated.aliases(canonical)]


class Tillstream(FastAPI):
    """FastAPI without its own layers around the routes: the edge does what they would, in one pass."""

    def __init__(
        self,
        *,
        settings: ApiSettings,
        services: AbstractAsyncContextManager[Services],
        routes: Sequence[TillRoute],
    ) -> None:
        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            async with services as opened, aclosing(Running.over(opened)) as running:
                self.state.running = running
                await warm(self, served=[route.path for route in routes])
                yield

        super().__init__(
            title="Tillstream", version=VERSION, lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None
        )
        self._settings = settings
        self._served = tuple(routes)
        self.router.routes.extend(routes)
        if has(live_socket.CONTEXT, settings.api_contexts):
            self.router.routes.append(live_socket.route())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Straight to the edge: FastAPI's own telemetry would look into the environment three times per request."""
        scope["app"] = self
        if self.middleware_stack is None:
            self.middleware_stack = self.build_middleware_stack()
        await self.middleware_stack(scope, receive, send)

    def running(self) -> Running:
        return cast("Running", self.state.running)

    def end_streams(self) -> None:
        """For the server, which would otherwise wait for those who listen without end."""
        running: Running | None = getattr(self.state, "running", None)
        if running is not None:
            running.levels.end()

    def openapi(self) -> dict[str, object]:
        if self.openapi_schema is None:
            self.openapi_schema = document(self._served, version=self.version)
        return self.openapi_schema

    def build_middleware_stack(self) -> ASGIApp:
        edge = Edge(Dispatcher(self._served), running=self.running, fallback=self.router)
        if not self._settings.cors_origins:
            return edge
        return CORSMiddleware(
            edge,
            allow_origins=self._settings.cors_origins,
            allow_methods=METHODS,
            allow_headers=ACCEPTED,
            expose_headers=EXPOSED,
            max_age=600,
        )


def create_app(*, settings: ApiSettings, services: AbstractAsyncContextManager[Services]) -> Tillstream:
    """The ASGI application; the services are opened when it starts and closed when it stops."""
    return Tillstream(settings=settings, services=services, routes=served(api_routes(), settings.api_contexts))
