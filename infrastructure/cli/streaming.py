"""`till project`, `till process` and `till execute`: the processes that share the worker's work in distributed mode."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer
import uvloop

from infrastructure.bootstrap.projecting import drive, process_manager, read_model
from infrastructure.bootstrap.worker import execute as carry_out
from infrastructure.cli.entry import ERRORS, program
from infrastructure.postgres.database import open_database
from infrastructure.settings import Settings
from infrastructure.streaming.exposition import expose
from infrastructure.streaming.topics import TopicsUnfit
from infrastructure.supervision.parent import leave_with
from infrastructure.supervision.supervisor import STOP_SIGNALS
from projections.projection import Projection

Name = Annotated[str, typer.Argument(help="As `till status` names it.")]
Nice = Annotated[int, typer.Option(help="How far behind other processes it stands for the processor.")]
MetricsPort = Annotated[int | None, typer.Option(help="Where Prometheus finds the metrics, on every address.")]
Parent = Annotated[int | None, typer.Option(help="Process that this one ends with.", hidden=True)]

Work = Callable[[Settings, str, asyncio.Event], Awaitable[None]]


def project(name: Name, nice: Nice = 0, metrics_port: MetricsPort = None, parent: Parent = None) -> None:
    """Feed one read model from Kafka. Any number of these share its partitions."""
    with _process("project", nice=nice, metrics_port=metrics_port, parent=parent) as settings:
        _drive(settings, "project", lambda: read_model(name))


def process(name: Name, nice: Nice = 0, metrics_port: MetricsPort = None, parent: Parent = None) -> None:
    """Feed one process manager from Kafka. Any number of these share its partitions."""
    with _process("process", nice=nice, metrics_port=metrics_port, parent=parent) as settings:
        _drive(settings, "process", lambda: process_manager(name))


def execute(nice: Nice = 0, metrics_port: MetricsPort = None, parent: Parent = None) -> None:
    """Carry out what process managers have scheduled. Any number of these share it."""
    with _process("execute", nice=nice, metrics_port=metrics_port, parent=parent) as settings:
        _run(settings, carry_out)


@contextmanager
def _process(name: str, *, nice: int, metrics_port: int | None, parent: int | None) -> Iterator[Settings]:
    if parent is not None:
        leave_with(parent)
    os.nice(nice)
    with program(name) as settings, expose(metrics_port):
        yield settings


def _drive(settings: Settings, command: str, find: Callable[[], Projection]) -> None:
    try:
        projection = find()
    except LookupError as unknown:
        _refuse(command, str(unknown.args[0]))
    if not settings.distributed:
        _refuse(command, "KAFKA_BOOTSTRAP_SERVERS is not set. Without Kafka `till worker` feeds everything.")

    async def work(settings: Settings, conninfo: str, stop: asyncio.Event) -> None:
        await drive(settings, conninfo, projection, stop)

    try:
        _run(settings, work)
    except TopicsUnfit as unfit:
        _refuse(command, str(unfit))


def _refuse(command: str, reason: str) -> NoReturn:
    ERRORS.print(f"till {command}: {reason}", style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1)


def _run(settings: Settings, work: Work) -> None:
    with open_database(settings) as conninfo:
        uvloop.run(_until_told(work, settings, conninfo))


async def _until_told(work: Work, settings: Settings, conninfo: str) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    await work(settings, conninfo, stop)
