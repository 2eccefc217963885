"""Faust drivers on a real broker, and the relay before them."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kafka import KafkaProducer

from application.ports.log import Record
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.runner.instances import create
from infrastructure.runner.runner import Connect, relaxed
from infrastructure.runner.standings import standings
from infrastructure.streaming.consuming import Consumer
from infrastructure.streaming.driver import FaustDriver
from infrastructure.streaming.gaps import SlotLog
from infrastructure.streaming.lookout import Lookout
from projections.projection import Projection
from tests.support.digests import digests
from tests.support.faust_carrier import PARTITIONS
from tests.support.journal import SLOTS
from tests.support.read_side import ReadSide
from tests.support.relays import make_topics, relay, running
from tests.support.system import eventually
from tests.support.times import NOON
from tests.support.waiting import until

Tables = dict[str, tuple[int, str]]

ROOT = Path(__file__).parents[2]
STOP_SECONDS = 20.0
PATIENCE = 60.0


class FaustSystem:
    """A relay for the length of the block, and drivers as they are asked for."""

    def __init__(self, shop: ReadSide, broker: str, prefix: str) -> None:
        self.shop = shop
        self.broker = broker
        self.prefix = prefix

    def consumer(self, projection: Projection, connect: Connect | None = None) -> Consumer:
        journal = self.shop.journal
        log = SlotLog(journal.codec, CATEGORIES, partitions=PARTITIONS)
        return Consumer(
            projection, connect=relaxed(connect or journal.connect), log=log, slots=SLOTS, clock=journal.clock
        )

    def driver(self, consumer: Consumer, *, patience: float = 1.0) -> FaustDriver:
        return FaustDriver(
            consumer,
            connect=self.shop.journal.connect,
            servers=self.broker.split(","),
            prefix=self.prefix,
            families=sorted(SLOTS.families_of(consumer.projection)),
            lookout=Lookout(patience=patience),
        )

    @asynccontextmanager
    async def driving(
        self, *projections: Projection, connect: Connect | None = None, patience: float = 1.0
    ) -> AsyncIterator[Sequence[FaustDriver]]:
        """A driver each; they end cleanly, and in time."""
        drivers = [self.driver(self.consumer(each, connect), patience=patience) for each in projections]
        stop = asyncio.Event()
        tasks = [asyncio.create_task(driver.run(stop)) for driver in drivers]
        try:
            yield drivers
        finally:
            stop.set()
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*tasks)

    def tables(self, projection: Projection, number: int = 1) -> Tables:
        return digests(self.shop.journal.database, f"{projection.name}_v{number}")

    async def expected(self, projection: Projection, records: Sequence[Record]) -> Tables:
        """What the tables must hold: the same records, fed by hand to an instance of their own."""
        shop = self.shop
        async with shop.conn.transaction():
            schema = await create(shop.conn, projection, slots=SLOTS, state="building", at=NOON)
        await shop.feeder(projection, schema).feed_all_slots(shop.conn, records, upto=records[-1].position)
        return digests(shop.journal.database, schema)

    async def caught_up(self, *schemas: str) -> None:
        """Every slot of these instances has everything. Groups take their time to come together on a busy machine."""

        async def behind() -> dict[str, int]:
            return {each.schema: each.lag for each in await standings(self.shop.conn) if each.schema in schemas}

        await until(behind, lambda lags: len(lags) == len(schemas) and not any(lags.values()), seconds=PATIENCE)

    async def send(self, family: str, partition: int, **record: Any) -> None:
        """What a stranger sends."""
        await asyncio.to_thread(self._send, f"{self.prefix}.{family}", partition, record)

    def _send(self, topic: str, partition: int, record: dict[str, Any]) -> None:
        with closing(KafkaProducer(bootstrap_servers=self.broker.split(","))) as producer:
            producer.send(topic, partition=partition, **record).get(timeout=10)

    def process(self, home: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> "TillProcess":
        """A command of `till`, on the same database and topics where `environment` says nothing else."""
        settings = {
            "DATABASE_URL": self.shop.journal.database,
            "KAFKA_BOOTSTRAP_SERVERS": self.broker,
            "KAFKA_TOPIC_PREFIX": self.prefix,
        }
        return TillProcess(home, arguments, settings | dict(environment or {}))


@asynccontextmanager
async def faust_system(shop: ReadSide, broker: str, prefix: str) -> AsyncIterator[FaustSystem]:
    await asyncio.to_thread(make_topics, broker, prefix)
    with running(relay(shop.journal.database, broker, prefix)):
        yield FaustSystem(shop, broker, prefix)


class TillProcess:
    """A command of `till` in an empty directory, for the length of the block; what it says is in `till.log` beside."""

    def __init__(self, home: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.folder = home / "cwd"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = home / "till.log"
        self._arguments = (sys.executable, "-m", "infrastructure.cli", *arguments)
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
            "PYTHONPATH": str(ROOT),
            "TILL_HOME": str(home / ".till"),
            "JWT_SECRET": "x" * 32,
            "PII_MASTER_KEY": "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=",
            "PAYMENT_GATEWAY": "simulated",
            "LOG_FORMAT": "json",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running.poll() is None:
            self.end(signal.SIGKILL)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._arguments,
                env=self._environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def end(self, how: signal.Signals) -> int:
        """Its exit code."""
        self._running.send_signal(how)
        return self.ended()

    def ended(self) -> int:
        return self._running.wait(PATIENCE)

    def says(self, words: str) -> None:
        """Waits for them; raises NotInTime."""
        eventually(words, lambda: words in self.log.read_text(errors="replace"))

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process
