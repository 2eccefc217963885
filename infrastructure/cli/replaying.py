"""`till replay` and `till rebuild`: everything again, from the log's beginning."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from psycopg import AsyncConnection
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from infrastructure.bootstrap.worker import rebuilding
from infrastructure.cli.entry import ERRORS, OUT, program
from infrastructure.clock import SystemClock
from infrastructure.eventstore.reader import LogReader
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.postgres.connect import bounded
from infrastructure.postgres.database import open_database
from infrastructure.replay import Replayed
from infrastructure.replay import replay as fold_log
from infrastructure.runner.rebuild import AlreadyRebuilding, RebuildStopped
from infrastructure.settings import Settings

STATEMENT_SECONDS = 120.0


def replay() -> None:
    """Fold every event of the log into its stream's state; prints the speed, counts and a digest of the states."""
    with program("replay") as settings, open_database(settings) as conninfo:
        replayed = asyncio.run(_replay(conninfo))
        streams, table = replayed.fold.streams(), Table("category", title="Folded", title_justify="left")
        for column in ("streams", "events"):
            table.add_column(column, justify="right")
        for category, events in sorted(replayed.fold.events.items()):
            table.add_row(category, f"{streams[category]:,}", f"{events:,}")
        OUT.print(table)
        OUT.print(
            f"{replayed.fold.events.total():,} events to position {replayed.position:,} in {replayed.seconds:.2f} s: "
            f"{replayed.events_per_second:,.0f} events/s"
        )
        OUT.print(f"Digest of all states: {replayed.fold.digest()}", soft_wrap=True)


def rebuild(
    name: Annotated[str, typer.Argument(help="Projection or process manager, as `till status` names it.")],
) -> None:
    """Build a projection anew beside the live one, and switch over in one transaction."""
    with program("rebuild") as settings, open_database(settings) as conninfo:
        try:
            schema = asyncio.run(_rebuild(settings, conninfo, name))
        except (AlreadyRebuilding, LookupError, RebuildStopped) as refused:
            ERRORS.print(f"till rebuild: {_reason(refused)}", style="red", markup=False)
            raise typer.Exit(1) from refused
        OUT.print(f"{name} is live in {schema} now.")


def _reason(refused: Exception) -> str:
    match refused:
        case AlreadyRebuilding():
            return f"somebody else is rebuilding {refused}"
        case RebuildStopped():
            return f"nothing was switched, because an event cannot be applied: {refused}"
        case _:
            return str(refused.args[0])


async def _replay(conninfo: str) -> Replayed:
    bounds = bounded(conninfo, application_name="till replay", statement_seconds=STATEMENT_SECONDS)
    async with await AsyncConnection.connect(bounds, autocommit=True) as connection:
        with _progress("Replaying") as progress:
            return await fold_log(connection, reader=LogReader(event_codec()), categories=CATEGORIES, progress=progress)


async def _rebuild(settings: Settings, conninfo: str, name: str) -> str:
    rebuilt = await rebuilding(conninfo, name, clock=SystemClock(), auto_advance=settings.auto_advance)
    with _progress(f"Rebuilding {name}") as progress:
        return await rebuilt.run(progress)


@contextmanager
def _progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, moved by the position reached and the last one."""
    columns = (TextColumn(text), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERRORS, transient=True) as bars:
        bar = bars.add_task(text, total=None)
        yield lambda position, end: bars.update(bar, completed=position, total=end)
