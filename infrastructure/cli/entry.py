"""What every command begins with: the settings, and failures told in a sentence instead of a traceback."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import typer
from rich.console import Console

from infrastructure.logs import configure_logs
from infrastructure.postgres.embedded import EmbeddedPostgresFailed
from infrastructure.postgres.migrate import MigrationRefused
from infrastructure.security.master_key import MasterKeyUnknown
from infrastructure.settings import Loaded, Settings, SettingsInvalid, load
from infrastructure.supervision.child import GaveUp
from infrastructure.supervision.listening import AddressUnavailable

OUT = Console(highlight=False)
ERRORS = Console(stderr=True, highlight=False)

EXPECTED = (
    AddressUnavailable,
    EmbeddedPostgresFailed,
    GaveUp,
    MasterKeyUnknown,
    MigrationRefused,
    PermissionError,
    psycopg.OperationalError,
    psycopg.errors.UndefinedTable,
)


def loaded_settings() -> Loaded:
    """The settings and where they came from; ends the program with every problem named."""
    try:
        return load()
    except SettingsInvalid as invalid:
        ERRORS.print("[red]These settings are not right:[/red]")
        for problem in invalid.problems:
            ERRORS.print(f"  {problem}", markup=False)
        raise typer.Exit(2) from invalid


@contextmanager
def program(name: str) -> Iterator[Settings]:
    """Settings and logs for the length of a command; SIGTERM leaves it in order, through every `with`."""
    settings = loaded_settings().settings
    configure_logs(settings, process=name)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield settings
    except EXPECTED as failure:
        ERRORS.print(f"till {name}: {failure}", style="red", markup=False)
        raise typer.Exit(1) from failure
