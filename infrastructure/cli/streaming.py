"""`till project` and `till process`: the processes that feed read models and process managers from Kafka."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated, NoReturn

import typer

from infrastructure.bootstrap.projecting import drive, process_manager, read_model
from infrastructure.cli.entry import ERRORS
from infrastructure.cli.members import MetricsPort, Nice, Parent, member, run
from infrastructure.settings import Settings
from infrastructure.streaming.topics import TopicsUnfit
from projections.projection import Projection

Names = Annotated[list[str], typer.Argument(help="As `till status` names them.")]


def project(names: Names, nice: Nice = 0, metrics_port: MetricsPort = None, parent: Parent = None) -> None:
    """Feed read models from Kafka. Any number of these share their partitions; one alone is the fastest."""
    with member("project", nice=nice, metrics_port=metrics_port, parent=parent) as settings:
        _drive(settings, "project", lambda: [read_model(name) for name in names])


def process(names: Names, nice: Nice = 0, metrics_port: MetricsPort = None, parent: Parent = None) -> None:
    """Feed process managers from Kafka. Any number of these share their partitions; one alone is the fastest."""
    with member("process", nice=nice, metrics_port=metrics_port, parent=parent) as settings:
        advance = settings.auto_advance
        _drive(settings, "process", lambda: [process_manager(name, auto_advance=advance) for name in names])


def _drive(settings: Settings, command: str, find: Callable[[], Sequence[Projection]]) -> None:
    try:
        projections = find()
    except LookupError as unknown:
        _refuse(command, str(unknown.args[0]))
    if not settings.distributed:
        _refuse(command, "KAFKA_BOOTSTRAP_SERVERS is not set. Without Kafka `till worker` feeds everything.")

    async def work(settings: Settings, conninfo: str, stop: asyncio.Event) -> None:
        await drive(settings, conninfo, projections, stop)

    try:
        run(settings, work)
    except TopicsUnfit as unfit:
        _refuse(command, str(unfit))


def _refuse(command: str, reason: str) -> NoReturn:
    ERRORS.print(f"till {command}: {reason}", style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1)
