"""What the relay knows of the database: who leads, how far it is, and what comes next."""

from collections.abc import Mapping
from typing import Any, Self

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.raw import RawReader, StoredEvent
from infrastructure.postgres.connect import bounded

PAGE = 500
"""Events per batch."""
PAGE_BYTES = 8 * 1024 * 1024
"""Of a batch's bodies; what is heavier might never arrive within the time that a delivery has."""
LOCK = "SELECT hashtextextended('till relay', 0)"

_LEAD = f"SELECT pg_try_advisory_lock(({LOCK}))"
_LOAD = "SELECT position, slots FROM till.relay"
_HEAD = "SELECT position FROM till.log_head"
_PARTITIONS = "SELECT value::int FROM till.setting WHERE name = 'partitions'"
_SAVE = f"UPDATE till.relay SET position = %s, slots = %s WHERE position = %s RETURNING ({_HEAD})"

# Both ends notice within four seconds that the other has vanished without a word: the server gives the lock of a
# leader back that is gone, and a leader stops that has lost its server. Over a Unix socket neither is needed.
_VIGILANT_CLIENT = {"keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 2, "tcp_user_timeout": 4_000}
_VIGILANT_SERVER = (
    "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2 -c tcp_user_timeout=4000"
    # A save that a crash of the server takes back is sent again, as if the relay had died before it.
    " -c synchronous_commit=off"
)


class LeadershipLost(Exception):
    """Another relay has moved the position: this one's session had ended, and the lock with it."""


class LogHasGap(Exception):
    """A position is missing from the log, which cannot be; nothing is sent beyond it."""


class Progress(msgspec.Struct, frozen=True):
    """Everything up to `position` is in Kafka; `slots` are the last positions sent to each."""

    position: int
    slots: Mapping[str, int]


class RelayState:
    """A session of its own. Its advisory lock is the leadership: it ends with the session, wherever the process is.

    A relay that stands still while its session ends and another takes over may, on going on, deliver what it had in
    hand once more. That is harmless: consumers drop what they have. It saves nothing: its session is gone, and on a
    new one the position is no longer the one that it expects.
    """

    def __init__(self, conn: psycopg.Connection[Any], codec: EventCodec) -> None:
        self._conn = conn
        self._reader = RawReader(codec)

    @classmethod
    def connect(cls, conninfo: str, codec: EventCodec) -> Self:
        """Through a session of the server itself: a pooler that hands sessions round breaks locks and LISTEN."""
        return cls(psycopg.connect(_vigilant(conninfo), autocommit=True), codec)

    def close(self) -> None:
        self._conn.close()

    @property
    def backend(self) -> int:
        """The session's process on the server."""
        return self._conn.info.backend_pid

    def try_lead(self) -> bool:
        """Become the leader, if there is none. A leader is woken by what is written to the log."""
        leads = bool(self._row(_LEAD)[0])
        if leads:
            self._conn.execute("LISTEN till_log")
        return leads

    def partitions(self) -> int:
        return int(self._row(_PARTITIONS)[0])

    def head(self) -> int:
        """The log's last position. That it answers shows that the session lives, and so does its lock."""
        return int(self._row(_HEAD)[0])

    def load(self) -> Progress:
        return Progress(*self._row(_LOAD))

    def read(self, *, after: int) -> list[StoredEvent]:
        """The next batch. Raises LogHasGap, and UnknownTopic where it would begin with an event of newer code."""
        rows = self._reader.read(self._conn, after=after, limit=PAGE, weight=PAGE_BYTES)
        if rows and rows[-1].position != after + len(rows):
            raise LogHasGap(f"of the positions {after + 1} to {rows[-1].position} only {len(rows)} are in the log")
        return rows

    def save(self, progress: Progress, *, expected: int) -> int:
        """Gives the log's last position. Raises LeadershipLost where somebody else has saved since `expected`."""
        values = (progress.position, Jsonb(dict(progress.slots)), expected)
        row = self._conn.execute(_SAVE, values, prepare=True).fetchone()
        if row is None:
            raise LeadershipLost(f"the position saved last is not {expected} any more")
        return int(row[0])

    def wait(self, seconds: float) -> None:
        """Until something is written to the log, or so long."""
        for _ in self._conn.notifies(timeout=seconds, stop_after=1):
            continue

    def _row(self, query: str) -> tuple[Any, ...]:
        cursor = self._conn.cursor(row_factory=tuple_row).execute(query)
        return cursor.fetchall()[0]


def _vigilant(conninfo: str) -> str:
    given = {name: value for name, value in conninfo_to_dict(conninfo).items() if value is not None}
    options = f"{_VIGILANT_SERVER} {given.get('options', '')}".strip()
    return bounded(
        make_conninfo("", **{**_VIGILANT_CLIENT, **given, "options": options}), application_name="till relay"
    )
