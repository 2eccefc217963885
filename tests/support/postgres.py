"""A PostgreSQL for the tests: one server per session, one database per test, copied from a migrated template."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from infrastructure.bootstrap.tables import projections
from infrastructure.bootstrap.writing import partitions
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.postgres.embedded import EmbeddedPostgres
from infrastructure.postgres.migrate import migrate
from infrastructure.postgres.pools import connector
from infrastructure.runner.instances import ensure
from infrastructure.runner.slots import Slots
from tests.support.times import NOON

TEMPLATE = "migrated"
FURNISHED = "furnished"
"""With the empty tables of all read models and process managers, which otherwise cost each test half a second."""


class TestServer:
    """The shipped server in a directory of the session's own."""

    __test__ = False

    def __init__(self, home: Path) -> None:
        self._server = EmbeddedPostgres(home)
        self._numbers = count(1)
        self._made: set[str] = set()

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.release()

    def conninfo(self, database: str) -> str:
        return self._server.conninfo(database)

    @contextmanager
    def fresh(self, *, template: str = TEMPLATE) -> Iterator[str]:
        """A database that is there for the length of the block."""
        if template in {TEMPLATE, FURNISHED} - self._made:
            self._make(template)
        name = f"test_{next(self._numbers)}"
        with self._administration() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.conninfo(name)
        finally:
            with self._administration() as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _make(self, template: str) -> None:
        with self._administration() as connection:
            connection.execute(f'CREATE DATABASE "{template}"')
        migrate(self.conninfo(template))
        if template == FURNISHED:
            asyncio.run(_furnish(self.conninfo(template)))
        self._made.add(template)

    def _administration(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.conninfo("postgres"), autocommit=True, connect_timeout=10)


async def _furnish(conninfo: str) -> None:
    slots = Slots(CATEGORIES, await partitions(conninfo))
    async with await connector(conninfo, process="tests")() as connection:
        await ensure(connection, projections(), slots=slots, at=NOON)
