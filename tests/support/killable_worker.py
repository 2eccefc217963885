"""A worker made to be killed: `python -m tests.support.killable_worker DATABASE HOME whole|split`.

Forks the real worker anew for each line on stdin, so that it runs within milliseconds, and says its process id.
`split` moves the tracking in a transaction of its own: the fault that a crash test has to find.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import uvloop

from application.ports.log import Record
from infrastructure.bootstrap import worker
from infrastructure.bootstrap.tables import projections
from infrastructure.bootstrap.worker import work
from infrastructure.settings import load
from projections.projection import Connection, Projection


def split(projection: Projection) -> Projection:
    """The same, but its rows are committed a moment before its tracking is."""

    async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
        await projection.apply(conn, schema, records)
        await conn.execute("COMMIT")
        await conn.execute("SELECT pg_sleep(0.005)")
        await conn.execute("BEGIN")

    return replace(projection, apply=apply)


def split_projections(*, auto_advance: timedelta | None = None) -> tuple[Projection, ...]:
    return tuple(map(split, projections(auto_advance=auto_advance)))


async def run(database: str, home: Path) -> None:
    """Until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = load({"TILL_HOME": str(home), "LOG_LEVEL": "error"}, directory=home).settings
    await work(settings, database, stop)


def main(database: str, home: str, variant: str) -> None:
    if variant == "split":
        vars(worker)["projections"] = split_projections
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
