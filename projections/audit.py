"""The commands as an audit log: who asked for what, when, and what came of it. Asked of the command rows themselves."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from projections import bulk
from projections.projection import Connection


class OutcomeKind(StrEnum):
    DONE = "done"
    REFUSED = "refused"


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which commands, newest first; recorded in `since` ≤ t < `until`."""

    actor: str | None = None
    """As it stands in the row, `account:<uuid>`."""
    command: str | None = None
    outcome: OutcomeKind | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 20
    after: tuple[datetime, UUID] | None = None


class AuditRow(msgspec.Struct, frozen=True):
    """A refusal has a code and no positions."""

    id: UUID
    command: str
    actor: str
    correlation_id: UUID
    causation_id: UUID | None
    outcome: OutcomeKind
    code: str | None
    first_position: int | None
    last_position: int | None
    at: datetime


_PAGE = """
SELECT id, name, actor, correlation_id, causation_id, outcome,
       CASE outcome WHEN 'refused' THEN convert_from(answer, 'UTF8')::jsonb ->> 'code' END,
       first_position, last_position, recorded_at
  FROM till.commands WHERE {where} ORDER BY recorded_at DESC, id DESC LIMIT {limit}
"""


def statement(query: AuditQuery) -> tuple[str, dict[str, object]]:
    """The question and its values."""
    at, command_id = query.after or (None, None)
    values: dict[str, object] = {
        "actor": query.actor,
        "name": query.command,
        "outcome": query.outcome,
        "since": query.since,
        "until": query.until,
        "at": at,
        "id": command_id,
    }
    conditions = {
        "actor": "actor = %(actor)b",
        "name": "name = %(name)b",
        # Said literally, so that the partial index serves.
        "outcome": f"outcome = '{query.outcome}'",
        "since": "recorded_at >= %(since)b",
        "until": "recorded_at < %(until)b",
        "at": "(recorded_at, id) < (%(at)b, %(id)b)",
    }
    chosen = [text for name, text in conditions.items() if values[name] is not None]
    return _PAGE.format(where=" AND ".join(chosen) or "true", limit=int(query.limit) + 1), values


async def commands(conn: Connection, query: AuditQuery) -> list[AuditRow]:
    """One more than the limit, where there are more."""
    text, values = statement(query)
    rows = await bulk.read(conn, text, values)
    return [_row(*row) for row in rows]


def _row(*row: Any) -> AuditRow:
    *head, outcome, code, first, last, at = row
    return AuditRow(*[*head, OutcomeKind(outcome), code, first, last, at])
