"""The first pages of the catalogue, rendered before the process says that it is ready."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog
from starlette.types import ASGIApp, Message, Scope

PAGES = ("/api/v1/products", "/api/v1/categories")
PATIENCE = 3.0
"""Seconds; a shop that is slow to start starts cold."""
MOST_PRODUCTS = 20

_log = structlog.get_logger(__name__)


class _Shown(msgspec.Struct):
    """A resource of which nothing but the id matters here."""

    id: str


class _Page(msgspec.Struct):
    items: list[_Shown] = []


async def warm(app: ASGIApp, *, served: Sequence[str]) -> None:
    """Asks the application itself, as a client without a token would; what fails is left cold."""
    pages = dict[str, bytes]()
    try:
        async with asyncio.timeout(PATIENCE):
            for path in PAGES:
                if path in served:
                    pages[path] = await _asked(app, path)
            for product in _products(pages.get(PAGES[0], b"")):
                await _asked(app, f"{PAGES[0]}/{product}")
    except Exception as error:  # noqa: BLE001 - a shop starts without it
        _log.warning("not everything was warmed", error=repr(error))


def _products(body: bytes) -> list[str]:
    """Of a page; a problem shows none."""
    return [shown.id for shown in msgspec.json.decode(body or b"{}", type=_Page).items[:MOST_PRODUCTS]]


async def _asked(app: ASGIApp, path: str) -> bytes:
    body = b""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal body
        body += message.get("body", b"")

    await app(_scope(path), receive, send)
    return body


def _scope(path: str) -> Scope:
    asked: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode()}
    return {**asked, "http_version": "1.1", "scheme": "http", "query_string": b"", "headers": [], "client": None}
