"""What the processes that share the work have in common: metrics, a parent they end with, and a stop that waits."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
import uvloop

from infrastructure.cli.entry import program
from infrastructure.postgres.database import open_database
from infrastructure.settings import Settings
from infrastructure.streaming.exposition import expose
from infrastructure.supervision.parent import leave_with
from infrastructure.supervision.supervisor import STOP_SIGNALS

Nice = Annotated[int, typer.Option(help="How far behind other processes it stands for the processor.")]
MetricsPort = Annotated[int | None, typer.Option(help="Where Prometheus finds the metrics, on every address.")]
Parent = Annotated[int | None, typer.Option(help="Process that this one ends with.", hidden=True)]

Work = Callable[[Settings, str, asyncio.Event], Awaitable[None]]


@contextmanager
def member(name: str, *, nice: int, metrics_port: int | None, parent: int | None) -> Iterator[Settings]:
    """The settings, for the length of the process."""
    if parent is not None:
        leave_with(parent)
    os.nice(nice)
    with program(name) as settings, expose(metrics_port):
        yield settings


def run(settings: Settings, work: Work) -> None:
    """On the database, until the process is told to stop."""
    with open_database(settings) as conninfo:
        uvloop.run(_until_told(work, settings, conninfo))


async def _until_told(work: Work, settings: Settings, conninfo: str) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    await work(settings, conninfo, stop)
