"""The database that the settings mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infrastructure.postgres.embedded import EmbeddedPostgres
from infrastructure.settings import Settings


def embedded_home(settings: Settings) -> Path:
    """Where the embedded server lives."""
    return settings.till_home / "postgres"


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """Its connection string. In embedded mode the server runs for the length of the block at least."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with EmbeddedPostgres(embedded_home(settings)) as server:
        yield server.conninfo()
