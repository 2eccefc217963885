"""`till dead-letters`: records of Kafka that could not be read, and what becomes of them."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from psycopg import AsyncConnection
from rich.table import Table

from infrastructure.bootstrap.writing import partitions
from infrastructure.cli.entry import ERRORS, OUT, program
from infrastructure.clock import SystemClock
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.postgres.connect import bounded
from infrastructure.postgres.database import open_database
from infrastructure.streaming import dead_letters as letters
from infrastructure.streaming.dead_letters import DeadLetter, NothingToDecide, StillUnreadable
from infrastructure.streaming.gaps import SlotLog

dead_letters = typer.Typer(help="Decide about records of Kafka that could not be read.", no_args_is_help=True)

Numbers = Annotated[list[int], typer.Argument(help="Of the dead letters, as `till dead-letters list` shows them.")]
Connection = AsyncConnection[Any]
T = TypeVar("T")


@dead_letters.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Those that somebody has decided about, too.")] = False,
) -> None:
    """Show the records, where they stand in Kafka, and why they could not be read."""
    found = _on_database(lambda conn, _: letters.dead_letters(conn, decided=every))
    OUT.print(_table(found) if found else "There are no dead letters.")


@dead_letters.command()
def retry(numbers: Numbers) -> None:
    """Let their slots go on, if what they should have brought can be read by now; recorded with your name."""

    async def act(conn: Connection, conninfo: str, number: int) -> DeadLetter:
        log = SlotLog(event_codec(), CATEGORIES, partitions=await partitions(conninfo))
        return await letters.retry(conn, number, log=log, by=_operator(), at=SystemClock().now())

    _decide(act, numbers, done="can be read; its slot goes on")


@dead_letters.command()
def skip(numbers: Numbers) -> None:
    """Let their slots go on without them. What the log has in their place is still applied where it can be read.
    Recorded with your name."""

    async def act(conn: Connection, _: str, number: int) -> DeadLetter:
        return await letters.skip(conn, number, by=_operator(), at=SystemClock().now())

    _decide(act, numbers, done="is passed over; its slot goes on")


def _decide(act: Callable[[Connection, str, int], Awaitable[DeadLetter]], numbers: list[int], *, done: str) -> None:
    async def decide(conn: Connection, conninfo: str) -> bool:
        right = True
        for number in numbers:
            try:
                letter = await act(conn, conninfo, number)
                OUT.print(f"Dead letter {number} ({letter.name}, {letter.slot}) {done}.")
            except (NothingToDecide, StillUnreadable) as refused:
                ERRORS.print(f"till dead-letters: {number}: {refused}", style="red", markup=False, soft_wrap=True)
                right = False
        return right

    if not _on_database(decide):
        raise typer.Exit(1)


def _on_database(work: Callable[[Connection, str], Awaitable[T]]) -> T:
    async def run(conninfo: str) -> T:
        bounds = bounded(conninfo, application_name="till dead-letters")
        async with await AsyncConnection.connect(bounds, autocommit=True) as conn:
            return await work(conn, conninfo)

    with program("dead-letters") as settings, open_database(settings) as conninfo:
        return asyncio.run(run(conninfo))


def _operator() -> str:
    return f"operator:{getpass.getuser()}"


def _table(found: list[DeadLetter]) -> Table:
    table = Table("number", "projection", "slot", "record", "since", "what became of it", "error", title_justify="left")
    for letter in found:
        arrival = letter.arrival
        fate = "[red]stopped[/red]" if letter.acted_by is None else f"{letter.status} by {letter.acted_by}"
        table.add_row(
            str(letter.id),
            letter.name,
            letter.slot,
            f"{arrival.topic}[{arrival.partition}] @ {arrival.offset}",
            f"{letter.stored_at:%Y-%m-%d %H:%M:%S}",
            fate,
            letter.error,
        )
    return table
