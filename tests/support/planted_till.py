"""`till` with points where a test can hold it, and faults to plant: `python -m tests.support.planted_till …`.

A consumer may lose one event and track past it: what a comparison of tables has to find. And brokers that come up may
know of no topics when they are asked for the first times.
"""

import dataclasses
import os
import signal
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aiokafka.client import AIOKafkaClient

from application.ports.log import Record
from infrastructure.cli.main import main as till
from infrastructure.runner import feeding, tracking
from infrastructure.streaming.gaps import GapFiller
from infrastructure.streaming.relay_state import Progress, RelayState
from infrastructure.supervision.parent import leave_with
from projections.projection import Connection, Projection
from tests.support import traps
from tests.support.traps import Traps

LOST = "TILL_TEST_LOST"
"""The position that consumers lose."""
SILENT = "TILL_TEST_SILENT"
"""How often brokers do not tell a consumer what there is."""
KAFKA, LOG = "by-kafka", "by-log"
"""What is counted: events that came into tables from where they should, and from where they can."""
PARENT = "TILL_TEST_PARENT"
SOURCE = ContextVar("source", default=KAFKA)


def main() -> None:
    leave_with(int(os.environ[PARENT]), by=signal.SIGKILL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until `till` has its own
    held = Traps(Path(os.environ[traps.VARIABLE]))
    held.arrive()
    lost = int(os.environ.get(LOST, "0"))
    with (
        patch.object(RelayState, "save", saving(held)),
        patch.object(feeding, "advance", advancing(held, lost=lost)),
        patch.object(GapFiller, "step", filling()),
        patch.object(AIOKafkaClient, "_metadata_update", updating(silent=int(os.environ.get(SILENT, "0")))),
    ):
        till()


def saving(held: Traps) -> Any:
    """As the relay saves, but with a point before it."""
    save = RelayState.save

    def planted(state: RelayState, progress: Progress, *, expected: int) -> int:
        held.walk_by(traps.SENT)
        return save(state, progress, expected=expected)

    return planted


def updating(*, silent: int) -> Any:
    """As a consumer asks which partitions its topics have."""
    update, left = AIOKafkaClient._metadata_update, [silent]

    async def planted(client: Any, metadata: Any, topics: Any) -> bool:
        if topics and left[0] > 0:
            left[0] -= 1
            return False
        return bool(await update(client, metadata, topics))

    return planted


def filling() -> Any:
    """As gaps are filled, but known as such."""
    step = GapFiller.step

    async def planted(*arguments: Any) -> bool:
        told = SOURCE.set(LOG)
        try:
            return await step(*arguments)
        finally:
            SOURCE.reset(told)

    return planted


def advancing(held: Traps, *, lost: int) -> Any:
    """As every driver applies a batch, but with points before and after the commit, and without the lost event."""
    advance = tracking.advance

    async def planted(
        conn: Connection, projection: Projection, schema: str, records: Sequence[Record], **rest: Any
    ) -> int:
        async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
            await projection.apply(conn, schema, records)
            held.walk_by(traps.written(projection.name))

        kept = [record for record in records if record.position != lost]
        applied = await advance(conn, dataclasses.replace(projection, apply=apply), schema, kept, **rest)
        if applied:
            held.count(SOURCE.get(), applied)
            held.walk_by(traps.committed(projection.name))
        return applied

    return planted


if __name__ == "__main__":
    main()
