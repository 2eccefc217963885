"""What a projection is: its tables, and how records of the log become rows."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from application.ports.log import Record
from domain.shared.event import Event

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """One read model. Its tables live in a schema of their own, so that a rebuild is the same SQL elsewhere."""

    name: str
    """`catalogue`; the first schema is `catalogue_v1`."""
    version: int
    """Of the code; raised when the tables or their meaning change."""
    events: tuple[type[Event], ...]
    """What it consumes; the slots it tracks follow from their families."""
    ddl: str
    """Statements that create its tables; `{schema}` stands for the schema."""
    apply: Callable[[Connection, str, Sequence[Record]], Awaitable[None]]
    """Rows for records, in log order, within the caller's transaction on (connection, schema, records). SQL only:
    no clock, no commit, nothing outside. A row is written by events of one ordering key only."""
    inherit: str | None = None
    """A statement run in the switch to a rebuilt instance; `{schema}` is the new schema, `{former}` the live one."""
