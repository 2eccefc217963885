"""`till` with points where a test can hold it, and a fault to plant: `python -m tests.support.planted_till …`.

The fault is a consumer that loses one event and tracks past it: what a comparison of tables has to find.
"""

import dataclasses
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from application.ports.log import Record
from infrastructure.cli.main import main as till
from infrastructure.runner import feeding, tracking
from infrastructure.streaming.relay_state import Progress, RelayState
from infrastructure.supervision.parent import leave_with
from projections.projection import Connection, Projection
from tests.support import traps
from tests.support.traps import Traps

LOST = "TILL_TEST_LOST"
"""The position that consumers lose."""
PARENT = "TILL_TEST_PARENT"


def main() -> None:
    leave_with(int(os.environ[PARENT]), by=signal.SIGKILL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until `till` has its own
    held = Traps(Path(os.environ[traps.VARIABLE]))
    held.arrive()
    lost = int(os.environ.get(LOST, "0"))
    with patch.object(RelayState, "save", saving(held)), patch.object(feeding, "advance", advancing(held, lost=lost)):
        till()


def saving(held: Traps) -> Any:
    """As the relay saves, but with a point before it."""
    save = RelayState.save

    def planted(state: RelayState, progress: Progress, *, expected: int) -> int:
        held.walk_by(traps.SENT)
        return save(state, progress, expected=expected)

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
            held.walk_by(traps.committed(projection.name))
        return applied

    return planted


if __name__ == "__main__":
    main()
