"""`till project` and `till process`: the processes that feed a read model or a process manager from Kafka."""

import asyncio
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from infrastructure.bootstrap.projecting import drive, process_manager, read_model
from infrastructure.cli.entry import ERRORS
from infrastructure.cli.members import MetricsPort, Nice, Parent, member, run
from infrastructure.settings import Settings
from infrastructure.streaming.topics import TopicsUnfit
from projections.projection import Projection

Name = Annotated[str, typer.Argument(help="As `till status` names it.")]


def project(name: Name, nice: Nice = 0, metrics_port: MetricsPort = None, parent: Parent = None) -> None:
    """Feed one read model from Kafka. Any number of these share its partitions."""
    with member("project", nice=nice, metrics_port=metrics_port, parent=parent) as settings:
        _drive(settings, "project", lambda: read_model(name))


def process(name: Name, nice: Nice = 0, metrics_port: MetricsPort = None, parent: Parent = None) -> None:
    """Feed one process manager from Kafka. Any number of these share its partitions."""
    with member("process", nice=nice, metrics_port=metrics_port, parent=parent) as settings:
        _drive(settings, "process", lambda: process_manager(name, auto_advance=settings.auto_advance))


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
        run(settings, work)
    except TopicsUnfit as unfit:
        _refuse(command, str(unfit))


def _refuse(command: str, reason: str) -> NoReturn:
    ERRORS.print(f"till {command}: {reason}", style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1)
