"""`till projections retry` and `till projections skip`: what becomes of an event that stopped a projection's slot."""

import asyncio
import getpass
from collections.abc import Awaitable
from typing import Annotated, Any, Protocol

import typer
from psycopg import AsyncConnection

from infrastructure.cli.entry import ERRORS, OUT, program
from infrastructure.clock import SystemClock
from infrastructure.postgres.connect import bounded
from infrastructure.postgres.database import open_database
from infrastructure.runner import poison
from infrastructure.runner.poison import NothingStopped

projections = typer.Typer(help="Decide about events that stopped a projection.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Projection or process manager, as `till status` names it.")]
Position = Annotated[int, typer.Option(min=1, help="Of the event, as `till status` shows it.")]


class Act(Protocol):
    def __call__(
        self, conn: AsyncConnection[Any], name: str, position: int, *, by: str, at: Any
    ) -> Awaitable[None]: ...


@projections.command()
def retry(name: Name, position: Position) -> None:
    """Try the event again, once the reason is gone; recorded with your name."""
    _decide(poison.retry, name, position, done="is tried again")


@projections.command()
def skip(name: Name, position: Position) -> None:
    """Go on behind the event: what it says will be missing from the read model. Recorded with your name."""
    _decide(poison.skip, name, position, done="is passed over")


def _decide(act: Act, name: str, position: int, *, done: str) -> None:
    with program("projections") as settings, open_database(settings) as conninfo:
        try:
            asyncio.run(_carry_out(act, conninfo, name, position))
        except NothingStopped as nothing:
            ERRORS.print(f"till projections: {nothing}; `till status` shows what is stopped", style="red", markup=False)
            raise typer.Exit(1) from nothing
        OUT.print(f"The event at {position:,} {done} in {name}.")


async def _carry_out(act: Act, conninfo: str, name: str, position: int) -> None:
    bounds = bounded(conninfo, application_name="till projections")
    async with await AsyncConnection.connect(bounds, autocommit=True) as conn:
        await act(conn, name, position, by=f"operator:{getpass.getuser()}", at=SystemClock().now())
