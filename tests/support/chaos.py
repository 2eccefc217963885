"""Kills a worker again and again, each time while it has something to do."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from tests.support.system import eventually

ROOT = Path(__file__).parents[2]
_STANDING = """
SELECT (SELECT position FROM till.log_head),
       coalesce(min(t.position) FILTER (WHERE NOT t.stopped), 0), coalesce(sum(t.position), 0)::bigint
  FROM till.tracking t JOIN till.projection p ON p.live_schema = t.schema_name
"""
_WRITING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND application_name LIKE 'till runner%' AND backend_xid IS NOT NULL
"""


class KillableWorker:
    """The real worker in a process of its own, and a look at how far it is."""

    def __init__(self, database: str, home: Path, *, variant: str) -> None:
        arguments = (sys.executable, "-m", "tests.support.killable_worker", database, str(home), variant)
        # Measured is what the tests run themselves; a process that is killed has nothing to report.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
        self._forge = subprocess.Popen(
            arguments, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._conn: psycopg.Connection[Any] = psycopg.connect(database, autocommit=True)
        self._pid = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pid:
            with suppress(ProcessLookupError):  # it died by itself, which is what failed
                os.kill(self._pid, signal.SIGKILL)
        self._forge.communicate(timeout=20)
        self._conn.close()

    def start(self) -> None:
        assert self._forge.stdin is not None
        self._forge.stdin.write("start\n")
        self._forge.stdin.flush()
        self._pid = int(self._line())

    def stop(self) -> None:
        """In order; raises where it does not end well."""
        assert self._ended_by(signal.SIGTERM) == 0

    def kill_at_work(self, moves: int, over: Callable[[], bool]) -> bool:
        """SIGKILL after that many moves; where it is done sooner, when nothing more comes: `over`.

        Gives whether a transaction of its was open.
        """
        start = self.moved()
        eventually("a worker at work", lambda: self.moved() > start, seconds=60)
        while self.moved() < start + moves and not (over() and self.lag() == 0):
            pass
        os.kill(self._pid, signal.SIGSTOP)
        row = self._conn.execute(_WRITING).fetchone()
        assert self._ended_by(signal.SIGKILL) == -signal.SIGKILL
        return bool(row and row[0])

    def lag(self) -> int:
        """Events that the slowest live slot, but for those that poison has stopped, is behind the log's head."""
        head, slowest, _ = self._standing()
        return head - slowest

    def moved(self) -> int:
        """Grows with every slot that moves."""
        return self._standing()[2]

    def _standing(self) -> tuple[int, int, int]:
        row = self._conn.execute(_STANDING).fetchone()
        assert row is not None
        return row[0], row[1], row[2]

    def _ended_by(self, how: signal.Signals) -> int:
        os.kill(self._pid, how)
        self._pid = 0
        return int(self._line())

    def _line(self) -> str:
        assert self._forge.stdout is not None
        return self._forge.stdout.readline()
