"""The demo shop on a test's database: seeded as on the command line, and open for as long as it takes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from application.ports.commands import CommandBus, Envelope, Outcome
from infrastructure.bootstrap.seeding import seeding
from infrastructure.bootstrap.worker import work
from infrastructure.demo.seed import Seeded, Seeder
from infrastructure.settings import Settings, load
from tests.support.loops import rows
from tests.support.waiting import until

_BEHIND = "SELECT (SELECT position FROM till.log_head) - coalesce((SELECT min(position) FROM till.passed), -1)"
_QUEUES = "SELECT live_schema FROM till.projection WHERE to_regclass(live_schema || '.due') IS NOT NULL"
_OPEN = "SELECT count(*) FROM {schema}.due WHERE status IN ('scheduled', 'running') AND due_at <= now()"
_APPENDED = """
SELECT (SELECT position FROM till.log_head), (SELECT count(*) FROM till.commands),
       (SELECT count(*) FROM simulated_gateway.charge), (SELECT count(*) FROM simulated_gateway.refund)
"""


def settings_in(home: Path, **environment: str) -> Settings:
    return load({"TILL_HOME": str(home), **environment}, directory=home).settings


@asynccontextmanager
async def cheap_seeding(database: str, home: Path, **environment: str) -> AsyncIterator[Seeder]:
    """With passwords that cost nothing."""
    async with seeding(settings_in(home, **environment), database, memory_kib=64, rounds=1) as seeder:
        yield seeder


async def seeded(database: str, home: Path, *, trading: bool = True) -> Seeded:
    async with cheap_seeding(database, home) as seeder:
        return await seeder.run(trading=trading)


class CutOff(Exception):
    """The process was killed."""


@dataclass
class FailingBus:
    """Carries out so many commands; who sent the last of them never hears of it."""

    bus: CommandBus
    left: int

    async def submit(self, envelope: Envelope) -> Outcome:
        if self.left <= 0:
            raise CutOff
        self.left -= 1
        outcome = await self.bus.submit(envelope)
        if self.left == 0:
            raise CutOff
        return outcome


async def cut_off(database: str, home: Path, *, after: int) -> None:
    """A run that ends after so many commands. Raises CutOff."""
    async with cheap_seeding(database, home) as seeder:
        bus = FailingBus(seeder.desk.bus, after)
        seeder.desk, seeder.meanwhile.bus = replace(seeder.desk, bus=bus), bus
        await seeder.run()


async def open_for_a_while(database: str, home: Path) -> None:
    """A worker has fed every read model and done what was due."""
    stop = asyncio.Event()
    working = asyncio.create_task(work(settings_in(home), database, stop))
    try:
        await until(lambda: _waiting(database), lambda waiting: waiting == 0, seconds=60.0)
    finally:
        stop.set()
        await working


async def _waiting(database: str) -> int:
    """Events that somebody has not read, or commands that are due."""
    behind = int(rows(database, _BEHIND)[0][0])
    return behind or sum(
        int(rows(database, _OPEN.format(schema=schema))[0][0]) for (schema,) in rows(database, _QUEUES)
    )


def appended(database: str) -> tuple[int, ...]:
    """How much there is of what no run after the first may add to."""
    return tuple(map(int, rows(database, _APPENDED)[0]))


def happened(database: str) -> Counter[str]:
    """How often each kind of event."""
    return Counter(dict(rows(database, "SELECT type, count(*) FROM till.event_log GROUP BY type")))
