"""Relays in processes of their own, to be killed, stopped and cut off."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.system import eventually

ROOT = Path(__file__).parents[2]
_SESSIONS = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'till relay'
"""
_LEADER = """
SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
 WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
"""

Child = subprocess.Popen[bytes]


@contextmanager
def relay_child(database: str, bootstrap: str, prefix: str, place: str = "never", number: int = 1) -> Iterator[Child]:
    """See `killable_relay`; whatever is left of it is killed at the end of the block."""
    arguments = (sys.executable, "-m", "tests.support.killable_relay", database, bootstrap, prefix, place, str(number))
    # Measured is what the tests run themselves; a process that is killed has nothing to report.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    child = subprocess.Popen(arguments, cwd=ROOT, env=environment)
    try:
        yield child
    finally:
        child.kill()
        child.wait(20)


def died(child: Child) -> None:
    """By its own hand, at the planted place."""
    assert child.wait(60) == -signal.SIGKILL


def sessions(database: str) -> list[int]:
    """The backends of all relays."""
    return _pids(database, _SESSIONS)


def leaders(database: str) -> list[int]:
    """The backend of the relay that holds the lock, if one does."""
    return _pids(database, _LEADER)


def leading(database: str) -> int:
    """The backend of the leader, as soon as there is one."""
    found: list[int] = eventually("a leader", lambda: leaders(database))
    return found[0]


def standing_by(database: str) -> None:
    """One leads, and another waits for its end."""
    eventually("a relay that stands by", lambda: len(sessions(database)) == 2 and leaders(database))


def cut(database: str, backend: int) -> None:
    with psycopg.connect(database) as conn:
        conn.execute("SELECT pg_terminate_backend(%s)", (backend,))


def _pids(database: str, query: str) -> list[int]:
    with psycopg.connect(database) as conn:
        return [pid for (pid,) in conn.execute(query).fetchall()]
