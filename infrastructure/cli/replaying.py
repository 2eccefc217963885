"""`till replay`: the log folded from the beginning."""

import asyncio

from psycopg import AsyncConnection
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from infrastructure.cli.entry import ERRORS, OUT, program
from infrastructure.eventstore.reader import LogReader
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.postgres.connect import bounded
from infrastructure.postgres.database import open_database
from infrastructure.replay import Replayed
from infrastructure.replay import replay as fold_log

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


async def _replay(conninfo: str) -> Replayed:
    bounds = bounded(conninfo, application_name="till replay", statement_seconds=STATEMENT_SECONDS)
    columns = (TextColumn("Replaying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with await AsyncConnection.connect(bounds, autocommit=True) as connection:
        with Progress(*columns, console=ERRORS, transient=True) as progress:
            bar = progress.add_task("replay", total=None)
            return await fold_log(
                connection,
                reader=LogReader(event_codec()),
                categories=CATEGORIES,
                progress=lambda position, end: progress.update(bar, completed=position, total=end),
            )
