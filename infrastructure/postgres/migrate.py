"""Brings a database to the shape that this version of the code needs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from infrastructure.postgres.connect import bounded

MIGRATIONS = Path(__file__).with_name("migrations")
FILE_NAME = re.compile(r"(?P<number>\d{4})_(?P<name>[a-z0-9_]+)\.sql")
LOCK = 0x7469_6C6C  # "till"
OLDEST_SERVER = 150_000

# The first migration makes the schema.
LEDGER = """
CREATE TABLE IF NOT EXISTS till.migration (
    number int PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL
);
"""


class MigrationRefused(Exception):
    """The database cannot be migrated by this version; the message says why."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step, in a file `NNNN_name.sql`; runs once, in one transaction."""

    number: int
    name: str
    sql: str


def migrations(directory: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """All steps in order; numbers are unique."""
    steps = []
    for path in sorted(directory.glob("*.sql")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise MigrationRefused(f"{path.name} is not named NNNN_name.sql")
        steps.append(Migration(int(match["number"]), match["name"], path.read_text(encoding="utf-8")))
    numbers = [step.number for step in steps]
    if len(set(numbers)) != len(numbers):
        raise MigrationRefused(f"two migrations share a number: {numbers}")
    return tuple(steps)


def migrate(conninfo: str, *, steps: Sequence[Migration] | None = None) -> tuple[Migration, ...]:
    """Apply what is missing and give it back. Any number of processes may call it at once; one does the work."""
    wanted = migrations() if steps is None else tuple(steps)
    limits = bounded(conninfo, application_name="till migrate", statement_seconds=0, idle_in_transaction_seconds=0)
    with psycopg.connect(limits, autocommit=True) as connection:
        if connection.info.server_version < OLDEST_SERVER:
            raise MigrationRefused(
                f"PostgreSQL 15 or newer is needed, this is {connection.info.server_version // 10_000}"
            )
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        missing = _missing(connection, wanted)
        for step in missing:
            _apply(connection, step)
    return missing


def pending(conninfo: str) -> tuple[Migration, ...]:
    """What `migrate` would apply; refuses like it, changes nothing."""
    with psycopg.connect(bounded(conninfo, application_name="till doctor"), autocommit=True) as connection:
        return _missing(connection, migrations())


def _missing(connection: psycopg.Connection[Any], wanted: Sequence[Migration]) -> tuple[Migration, ...]:
    applied = _applied(connection)
    known = {step.number: step.name for step in wanted}
    for number, name in sorted(applied.items()):
        if known.get(number) != name:
            raise MigrationRefused(f"the database has migration {number:04}_{name}, which this version does not know")
    missing = tuple(step for step in wanted if step.number not in applied)
    if missing and applied and missing[0].number < max(applied):
        raise MigrationRefused(f"migration {missing[0].number:04} is older than what the database already has")
    return missing


def _applied(connection: psycopg.Connection[Any]) -> dict[int, str]:
    if connection.execute("SELECT to_regclass('till.migration')").fetchone() == (None,):
        return {}
    return dict(connection.execute("SELECT number, name FROM till.migration").fetchall())


def _apply(connection: psycopg.Connection[Any], step: Migration) -> None:
    with connection.transaction():
        connection.execute(step.sql)
        connection.execute(LEDGER)
        connection.execute(
            "INSERT INTO till.migration (number, name, applied_at) VALUES (%s, %s, %s)",
            (step.number, step.name, datetime.now(UTC)),
        )
