"""The shop that is measured: `till serve` with its worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.loops import CURRENCY
from tests.support.system import System

ENVIRONMENT = {
    "STORE_CURRENCY": CURRENCY,
    "PAYMENT_WINDOW": "24h",
    "RATE_LIMITS": "off",
    "LOG_LEVEL": "warning",
}


@contextmanager
def open_shop(home: Path) -> Iterator[System]:
    """One API process and one worker, on a database of their own."""
    with System(home, api_processes=1, demo=False, environment=ENVIRONMENT) as shop:
        yield shop


def processes_of(shop: System) -> dict[str, psutil.Process]:
    """The shop's own, by name."""
    children = {kind: process for kind in ("api", "worker") for process in shop.processes(kind)}
    return {"supervisor": shop.supervisor, **children}


def server_processes(shop: System) -> list[psutil.Process]:
    """PostgreSQL's."""
    with shop.connection() as connection:
        main = psutil.Process(connection.info.backend_pid).parent()
    assert main is not None
    return [main, *main.children()]
