"""What has to be true for the shop to run here."""

import shutil
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from infrastructure.postgres.connect import bounded
from infrastructure.postgres.database import open_database
from infrastructure.postgres.embedded import EmbeddedPostgresFailed
from infrastructure.postgres.migrate import OLDEST_SERVER, MigrationRefused, pending
from infrastructure.settings import Settings
from infrastructure.supervision.listening import AddressUnavailable, listen

OLDEST_PYTHON = (3, 11)
LEAST_DISK = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    right: bool
    detail: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Each check in turn; starts the embedded database when it does not run."""
    version = sys.version_info[:3]
    yield Finding("Python", version >= OLDEST_PYTHON, ".".join(map(str, version)))
    yield _disk(settings.till_home)
    yield _port(settings)
    yield from _database(settings)


def _disk(home: Path) -> Finding:
    existing = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    return Finding("Disk", free >= LEAST_DISK, f"{free / 1024**3:.1f} GiB free at {home}")


def _port(settings: Settings) -> Finding:
    try:
        listen(settings.host, settings.port).close()
    except AddressUnavailable as unavailable:
        ours = is_live(f"http://{settings.host}:{settings.port}")
        return Finding("Port", ours, "Tillstream is running there" if ours else str(unavailable))
    return Finding("Port", True, f"{settings.host}:{settings.port} is free")


def is_live(url: str) -> bool:
    """Whether an API of ours answers at this address."""
    return fetch(f"{url}/health/live") is not None


def fetch(url: str, *, seconds: float = 2.0) -> bytes | None:
    """The body of a 200 answer; None for everything else."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:  # noqa: S310 - our own http address
            body: bytes = answer.read()
            return body if answer.status == 200 else None
    except (OSError, ValueError):
        return None


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        with open_database(settings) as conninfo:
            with psycopg.connect(bounded(conninfo, application_name="till doctor")) as connection:
                number = connection.info.server_version
            kind = "embedded" if settings.embedded else "from DATABASE_URL"
            yield Finding("Database", number >= OLDEST_SERVER, f"PostgreSQL {number // 10_000}.{number % 100}, {kind}")
            yield _migrations(conninfo)
    except (psycopg.OperationalError, EmbeddedPostgresFailed, PermissionError) as unreachable:
        yield Finding("Database", False, str(unreachable).strip())


def _migrations(conninfo: str) -> Finding:
    try:
        missing = pending(conninfo)
    except MigrationRefused as refused:
        return Finding("Migrations", False, str(refused))
    if not missing:
        return Finding("Migrations", True, "up to date")
    return Finding("Migrations", True, f"{len(missing)} to apply; `till serve` and `till migrate` do")
