"""The distributed mode: how soon Faust has what was committed, and how fast a backlog goes through Kafka."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

import psutil
import uvloop
from psycopg import sql
from psycopg.conninfo import make_conninfo

from benchmarks import streaming_delay
from benchmarks.loops import CURRENCY, open_loop
from benchmarks.readside import caught_up
from benchmarks.results import Results
from benchmarks.shop import ENVIRONMENT, server_processes
from benchmarks.streaming_bare import Task
from benchmarks.streaming_line import READ_MODEL, Line, open_line
from benchmarks.streaming_quarry import Quarry
from benchmarks.streaming_throughput import EVENTS, ROUNDS, WARM_UP, Bench, Parts
from domain.shared.category import Family
from infrastructure.bootstrap.writing import partitions
from infrastructure.postgres.migrate import migrate
from infrastructure.streaming.message import topic_of
from infrastructure.streaming.topics import ensure_topics
from tests.support.broker import SESSION
from tests.support.crowd import gather_crowd
from tests.support.modes import Mode
from tests.support.system import System

PRODUCTS = 200
RETENTION = timedelta(hours=1)
SECRETS = {
    "JWT_SECRET": "x" * 32,
    "PII_MASTER_KEY": "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=",
    "PAYMENT_GATEWAY": "simulated",
}


def measure(home: Path, broker: str, results: Results) -> None:
    """In a distributed shop of its own, all of which runs while a part of it is measured."""
    environment = {**ENVIRONMENT, **SECRETS, **Mode(broker).environment()}
    with System(home / "shop", api_processes=1, demo=False, environment=environment) as shop:
        uvloop.run(_measure_delay(shop, results))
        _measure_throughput(Rig(shop, broker), home, results)


async def _measure_delay(shop: System, results: Results) -> None:
    with shop.connection() as connection:
        async with open_loop(shop.database) as (bus, _):
            crowd = await gather_crowd(bus, buyers=streaming_delay.BUYERS, products=PRODUCTS, currency=CURRENCY)
            await caught_up(connection)
            await streaming_delay.measure(bus, shop.database, crowd, results)
        await caught_up(connection)


def _measure_throughput(rig: "Rig", home: Path, results: Results) -> None:
    quarry = Quarry(rig.database("quarry"))
    uvloop.run(quarry.dig(READ_MODEL, events=WARM_UP + ROUNDS * EVENTS))
    prefix, database = rig.topics(), rig.database("line")
    environment = {**rig.shop.environment, "KAFKA_TOPIC_PREFIX": prefix}
    with open_line(database, environment, home) as line:

        def task(after: int) -> Task:
            return Task(
                what="produce",
                servers=rig.servers,
                topic=topic_of(Family.ORDERS, prefix=rig.topics()),
                database=database,
                after=after,
                events=EVENTS,
                partitions=rig.partitions,
            )

        Bench(line, quarry, parts=lambda: rig.parts(line), task=task).measure(results)


@dataclass(slots=True)
class Rig:
    """Databases and topics beside those of a running shop, on the same servers."""

    shop: System
    broker: str
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def servers(self) -> list[str]:
        return self.broker.split(",")

    @property
    def partitions(self) -> int:
        return uvloop.run(partitions(self.shop.database))

    def database(self, name: str) -> str:
        """A new one, migrated."""
        with self.shop.connection() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        conninfo = make_conninfo(self.shop.database, dbname=name)
        migrate(conninfo)
        return conninfo

    def topics(self) -> str:
        """The prefix of new ones."""
        prefix = f"{SESSION}-bench-{next(self._numbers)}"
        ensure_topics(self.servers, prefix=prefix, partitions=self.partitions, replication=1, retention=RETENTION)
        return prefix

    def parts(self, line: Line) -> Parts:
        """What runs now. Docker's broker, or somebody else's, is not ours to look at."""
        supervisor, us = self.shop.supervisor, psutil.Process()
        brokers = [child for child in us.children(recursive=True) if "kafka.Kafka" in child.cmdline()]
        return {
            "relay": [line.relay],
            **({"Kafka": brokers} if brokers else {}),
            "Faust worker": [line.worker],
            "PostgreSQL": server_processes(self.shop),
            "the rest of the shop": [supervisor, *supervisor.children()],
            "the benchmark": [us],
        }
