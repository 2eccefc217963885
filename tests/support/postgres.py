"""A PostgreSQL for the tests: one server per session, one database per test, copied from a migrated template."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from infrastructure.postgres.embedded import EmbeddedPostgres
from infrastructure.postgres.migrate import migrate

TEMPLATE = "migrated"


class TestServer:
    """The shipped server in a directory of the session's own."""

    __test__ = False

    def __init__(self, home: Path) -> None:
        self._server = EmbeddedPostgres(home)
        self._numbers = count(1)
        self._migrated = False

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
        if template == TEMPLATE:
            self._migrate_template()
        name = f"test_{next(self._numbers)}"
        with self._administration() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.conninfo(name)
        finally:
            with self._administration() as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _migrate_template(self) -> None:
        if self._migrated:
            return
        with self._administration() as connection:
            connection.execute(f'CREATE DATABASE "{TEMPLATE}"')
        migrate(self.conninfo(TEMPLATE))
        self._migrated = True

    def _administration(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.conninfo("postgres"), autocommit=True, connect_timeout=10)
