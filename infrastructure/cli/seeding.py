"""`till seed`: the demo shop."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from application.ports.images import ImageStoreUnavailable
from infrastructure.bootstrap.seeding import seeding
from infrastructure.cli.entry import ERRORS, OUT, program
from infrastructure.demo.desk import SeedRefused
from infrastructure.demo.seed import Progress as Report
from infrastructure.demo.seed import Seeded
from infrastructure.postgres.database import open_database
from infrastructure.postgres.migrate import migrate
from infrastructure.security.master_key import require_known
from infrastructure.settings import Settings

PATIENCE = 2.0
"""Seconds for which nobody needs a progress bar."""


def seed(
    quiet: Annotated[bool, typer.Option(help="Say nothing where there was nothing to do.")] = False,
    trade: Annotated[bool, typer.Option(help="Orders, reviews and all; without, only people and goods.")] = True,
) -> None:
    """Fill the shop with the demo: people, goods, and what they have done with them. What is there stays as it is."""
    with program("seed") as settings, open_database(settings) as conninfo:
        migrate(conninfo)
        require_known(conninfo, settings.pii_master_key)
        try:
            seeded = asyncio.run(_seed(settings, conninfo, trading=trade))
        except (SeedRefused, ImageStoreUnavailable) as refused:
            ERRORS.print(f"till seed: {refused}", style="red", markup=False)
            raise typer.Exit(1) from refused
        if seeded.added or not quiet:
            _tell(seeded)


async def _seed(settings: Settings, conninfo: str, *, trading: bool) -> Seeded:
    async with seeding(settings, conninfo) as seeder:
        with _progress() as report:
            return await seeder.run(trading=trading, progress=report)


def _tell(seeded: Seeded) -> None:
    OUT.print(f"The demo is of {seeded.total} steps, {seeded.added} of them new.")
    if seeded.left_out:
        OUT.print(f"{len(seeded.left_out)} were left out, because the shop would not take them now; the first:")
        OUT.print(f"  {seeded.left_out[0]}", markup=False)


@contextmanager
def _progress() -> Iterator[Report]:
    """A bar on a terminal, once it has taken a while."""
    began = time.monotonic()
    bar = Progress(TextColumn("Filling the shop"), BarColumn(), MofNCompleteColumn(), console=OUT, transient=True)
    task = bar.add_task("", total=None)

    def report(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if OUT.is_terminal and not bar.live.is_started and time.monotonic() - began > PATIENCE:
            bar.start()

    try:
        yield report
    finally:
        bar.stop()
