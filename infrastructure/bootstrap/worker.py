"""The worker: drives the projections, rebuilds them, and carries out what falls due."""

import asyncio
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from application.ports.clock import Clock
from infrastructure.bootstrap.due_commands import DUE_COMMANDS, EFFECTS
from infrastructure.bootstrap.jobs import QUEUES
from infrastructure.bootstrap.outside import outside
from infrastructure.bootstrap.tables import LENGTHY_MANAGERS, MAILING_MANAGERS, projections
from infrastructure.bootstrap.writing import command_loop, partitions
from infrastructure.clock import SystemClock
from infrastructure.collector import spare_long_lived_objects
from infrastructure.eventstore.reader import LogReader
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.postgres.pools import connector, open_pool
from infrastructure.processes import dead_jobs
from infrastructure.processes.executor import LENGTHY, USUAL, Executor, Pace
from infrastructure.runner.rebuild import Rebuild
from infrastructure.runner.rebuild_requests import Rebuilder
from infrastructure.runner.runner import Runner
from infrastructure.runner.slots import Slots
from infrastructure.settings import Settings


@asynccontextmanager
async def feeding(conninfo: str, *, clock: Clock, auto_advance: timedelta | None = None) -> AsyncIterator[Runner]:
    """The in-process driver of every read model and process manager."""
    slots = Slots(CATEGORIES, await partitions(conninfo))
    yield Runner(
        connect=connector(conninfo, process="runner"),
        projections=projections(auto_advance=auto_advance),
        reader=LogReader(event_codec()),
        slots=slots,
        clock=clock,
    )


async def rebuilding(conninfo: str, name: str, *, clock: Clock, auto_advance: timedelta | None) -> Rebuild:
    """Raises LookupError for a name that nothing has."""
    by_name = {projection.name: projection for projection in projections(auto_advance=auto_advance)}
    if name not in by_name:
        raise LookupError(f"There is no projection {name!r}; there are {', '.join(sorted(by_name))}.")
    return Rebuild(
        by_name[name],
        connect=connector(conninfo, process="rebuild", statement_seconds=0, idle_in_transaction_seconds=0),
        reader=LogReader(event_codec()),
        slots=Slots(CATEGORIES, await partitions(conninfo)),
        clock=clock,
    )


@dataclass(frozen=True, slots=True)
class Executors:
    """Those of one process: neither a silent mail server nor what takes long keeps anything else waiting."""

    usual: Executor
    mailing: Executor
    lengthy: Executor

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; what has begun is finished, but for what takes long, which is handed back."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.usual.run(stop))
            tasks.create_task(self.mailing.run(stop))
            lengthy = tasks.create_task(self.lengthy.run(stop))
            await stop.wait()
            lengthy.cancel()

    async def run_due(self) -> int:
        """Carry out everything that is due now, once; how many rows that were."""
        return sum([await each.run_due() for each in (self.usual, self.mailing, self.lengthy)])


@asynccontextmanager
async def executing(settings: Settings, conninfo: str, *, clock: Clock, process: str) -> AsyncIterator[Executors]:
    """Carries out what falls due, through a command loop of its own."""
    async with (
        open_pool(conninfo, process="executor", size=12) as pool,
        command_loop(settings, conninfo, clock=clock, process=process) as bus,
        outside(settings, conninfo, pool=pool, clock=clock, process=process) as ports,
    ):

        def executor(names: Set[str], pace: Pace) -> Executor:
            return Executor(
                pool=pool,
                bus=bus,
                outside=ports,
                clock=clock,
                managers={pointer: name for pointer, name in QUEUES.items() if name in names},
                commands=DUE_COMMANDS,
                effects=EFFECTS,
                pace=pace,
            )

        mailing, lengthy = ({each.name for each in group} for group in (MAILING_MANAGERS, LENGTHY_MANAGERS))
        yield Executors(
            usual=executor(set(QUEUES.values()) - mailing - lengthy, USUAL),
            mailing=executor(mailing, USUAL),
            lengthy=executor(lengthy, LENGTHY),
        )


async def counting_dead(conninfo: str, stop: asyncio.Event) -> None:
    """Tells Prometheus of jobs that were given up, until told to stop."""
    async with open_pool(conninfo, process="dead jobs", size=2) as pool:
        await dead_jobs.watch(pool, QUEUES, [command.name for command in DUE_COMMANDS], stop)


def rebuilder(conninfo: str, *, clock: Clock, auto_advance: timedelta | None) -> Rebuilder:
    """Carries out the rebuilds that admins ask for."""

    async def named(name: str) -> Rebuild:
        return await rebuilding(conninfo, name, clock=clock, auto_advance=auto_advance)

    return Rebuilder(connect=connector(conninfo, process="rebuilds"), rebuilding=named, clock=clock)


async def execute(settings: Settings, conninfo: str, stop: asyncio.Event) -> None:
    """The executor process of the distributed mode."""
    clock = SystemClock()
    async with executing(settings, conninfo, clock=clock, process="executor") as executor:
        spare_long_lived_objects()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(executor.run(stop))
            tasks.create_task(counting_dead(conninfo, stop))
            tasks.create_task(rebuilder(conninfo, clock=clock, auto_advance=settings.auto_advance).run(stop))


async def work(settings: Settings, conninfo: str, stop: asyncio.Event) -> None:
    """The worker process: feeds the read models and process managers, and carries out what falls due."""
    clock = SystemClock()
    async with (
        executing(settings, conninfo, clock=clock, process="worker") as executor,
        feeding(conninfo, clock=clock, auto_advance=settings.auto_advance) as runner,
    ):
        spare_long_lived_objects()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(runner.run(stop))
            tasks.create_task(executor.run(stop))
            tasks.create_task(counting_dead(conninfo, stop))
            tasks.create_task(rebuilder(conninfo, clock=clock, auto_advance=settings.auto_advance).run(stop))
