"""A worker made to be killed: `python -m tests.support.killable_worker DATABASE HOME whole|split`.

Forks the real worker anew for each line on stdin, so that it runs within milliseconds, and says its process id.
`split` moves the tracking in a transaction of its own: the fault that a crash test has to find.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import uvloop

from application.ports.log import Record
from infrastructure.bootstrap import work
from infrastructure.runner import feeding, tracking
from infrastructure.runner.slots import Slots
from infrastructure.settings import load
from projections import bulk
from projections.projection import Connection, Projection


async def split_advance(
    conn: Connection,
    projection: Projection,
    schema: str,
    records: Sequence[Record],
    *,
    ends: Mapping[str, int],
    slots: Slots,
) -> int:
    """As `tracking.advance`, but the rows are committed before the tracking is."""
    async with conn.transaction():
        tracked = await tracking._lock(conn, schema, ends)
        fresh = [record for record in records if record.position > tracked.get(slots.of(record), record.position)]
        if fresh:
            await projection.apply(conn, schema, fresh)
    async with conn.transaction():
        moved = (list(ends), list(ends.values()), schema, tracking.CHANNEL, schema)
        await bulk.read(conn, tracking._MOVE, moved)
    return len(fresh)


async def run(database: str, home: Path) -> None:
    """Until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = load({"TILL_HOME": str(home), "LOG_LEVEL": "error"}, directory=home).settings
    await work(settings, database, stop)


def main(database: str, home: str, variant: str) -> None:
    if variant == "split":
        setattr(feeding, "advance", split_advance)  # noqa: B010 - it is no export of that module
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # stdout is what the test listens to
            uvloop.run(run(database, Path(home)))
            os._exit(0)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
