"""The shop that is measured: `till serve` with its worker, and people and goods made for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psutil

from benchmarks.loops import CURRENCY
from domain.shared.identifiers import AccountId, SessionId
from infrastructure.clock import SystemClock
from infrastructure.security.tokens import JwtTokens
from infrastructure.settings import load
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


def tokens_for(shop: System, accounts: Sequence[AccountId]) -> list[str]:
    """Access tokens as the shop itself issues them."""
    settings = load(shop.environment, directory=shop.home).settings
    tokens = JwtTokens(secret=settings.jwt_secret.encode(), master_key=settings.pii_master_key, clock=SystemClock())
    now = datetime.now(UTC)
    return [tokens.issue_access(account=account, session=SessionId(uuid4()), at=now) for account in accounts]


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
