"""Asking a shop for reports, and having them produced."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from application.ports.clock import Clock
from infrastructure.bootstrap.worker import Executors, executing
from infrastructure.clock import SystemClock
from infrastructure.settings import Settings
from tests.support.waiting import until
from tests.support.web import Web

REPORTS = "/api/v1/admin/reports"


class Ahead:
    """A clock that is ahead of everybody's."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return SystemClock().now() + self._by


@asynccontextmanager
async def worker(shop: Web, *, clock: Clock | None = None) -> AsyncIterator[Executors]:
    """What carries out what is due, when it is told to."""
    settings = shop.services.settings
    assert isinstance(settings, Settings)
    database = settings.database_url or ""
    async with executing(settings, database, clock=clock or SystemClock(), process="test") as executors:
        yield executors


def span() -> Mapping[str, str]:
    """From yesterday to tomorrow."""
    now = SystemClock().now()
    return {
        "from": f"{now - timedelta(days=1):%Y-%m-%dT00:00:00Z}",
        "to": f"{now + timedelta(days=1):%Y-%m-%dT00:00:00Z}",
    }


async def ask(shop: Web, admin: str, kind: str = "sales", *, file_format: str = "json", **more: str) -> dict[str, Any]:
    """The job, as it was answered."""
    answer = await shop.send("POST", REPORTS, {"kind": kind, "format": file_format, **span(), **more}, by=admin)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"{REPORTS}/{answer.json()['id']}"
    return dict(answer.json())


async def job(shop: Web, admin: str, report: str) -> dict[str, Any]:
    answer = await shop.send("GET", f"{REPORTS}/{report}", by=admin)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def ended(shop: Web, admin: str, report: str, executors: Executors, *, status: str = "done") -> dict[str, Any]:
    """The job, when it has got there."""

    async def look() -> dict[str, Any]:
        await executors.run_due()
        return await job(shop, admin, report)

    return await until(look, lambda seen: seen["status"] == status, seconds=20)


async def produced(shop: Web, admin: str, kind: str, *, file_format: str = "json", **more: str) -> bytes:
    """The file of a new report."""
    asked = await ask(shop, admin, kind, file_format=file_format, **more)
    async with worker(shop) as executors:
        done = await ended(shop, admin, asked["id"], executors)
    answer = await shop.send("GET", done["fileUrl"], by=admin)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == done["size"] == int(answer.headers["content-length"])
    return answer.content
