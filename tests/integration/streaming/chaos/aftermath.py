"""One run of everything that can go wrong, and what it left."""

import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.integration.streaming.chaos.harms import Scene, do_all, harms
from tests.support.arrivals import Arrived
from tests.support.broker import own_kafka
from tests.support.mixed_log import published_types, types_in
from tests.support.mixed_writing import MixedWriter
from tests.support.planted_till import KAFKA, LOG
from tests.support.resending import Resender
from tests.support.slot_order import SlotOrder
from tests.support.streaming_system import StreamingSystem, everything
from tests.support.twin import Tables, tables

PREFIX = "chaos"
QUIET_SECONDS = 120.0
MOST = 2
"""Times the size, at which it is given up that every kind of event happens."""


@dataclass(frozen=True)
class Aftermath:
    """What is there when everything has come to rest."""

    database: str
    size: int
    seed: int
    head: int
    tables: Tables
    topics: Arrived
    done: Counter[str]
    copies: int
    """Messages that were sent again by us; the relays send some again by themselves."""
    overtakings: int
    """Looks that met a slot ahead of another which the log has an earlier event for."""
    by_kafka: int
    by_log: int
    """Events that came into tables, counted for each; those that Kafka did not bring in time were read from the log."""
    takeovers: list[float]
    seconds: float


def chaos(database: str, home: Path, *, size: int, seed: int) -> Aftermath:
    """So many events at least, written while all harms are done. Raises NoBroker."""
    luck, began, wanted = random.Random(seed), time.monotonic(), harms(size)
    with (
        own_kafka(home / "kafka") as kafka,
        MixedWriter(database, home, seed=seed) as writer,
        StreamingSystem(home, database=database, kafka=kafka.bootstrap, prefix=PREFIX, programs=everything()) as system,
        SlotOrder(database) as order,
    ):
        resender = Resender(kafka.bootstrap, PREFIX, luck)
        scene = Scene(system, kafka, writer, resender, luck, burst=size // wanted.total())
        system.wait_until_quiet(seconds=QUIET_SECONDS)
        print(f"everything runs after {time.monotonic() - began:.1f} s")
        do_all(scene, list(wanted.elements()))
        writer.write(size - writer.log.head).result(60)
        while writer.log.head < MOST * size and not published_types() <= set(types_in(database)):
            writer.write(size // 50).result(60)  # until the last kind of event has happened too
        system.wait_until_quiet(seconds=QUIET_SECONDS)
        return Aftermath(
            database=database,
            size=size,
            seed=seed,
            head=writer.log.head,
            tables=tables(database),
            topics=resender.look(),
            done=scene.done,
            copies=resender.copies,
            overtakings=order.overtakings(),
            by_kafka=system.traps.counted(KAFKA),
            by_log=system.traps.counted(LOG),
            takeovers=scene.takeovers,
            seconds=time.monotonic() - began,
        )
