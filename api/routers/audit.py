"""Who asked for what, when, and what came of it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from api.answers import Answer, View, json_answer
from api.call import Call
from api.fields import Body, Moment, Opaque, Text
from api.paging import cursor_of, parts_of
from api.problems import invalid
from api.routing import Operation, Resource
from domain.accounts.events import Role
from projections.audit import AuditQuery, AuditRow, OutcomeKind, commands

RESOURCE = Resource("/api/v1/admin/audit", "operations")


class AuditFilters(Body):
    """Newest first, in `from` ≤ t < `to`. A moving list: it goes on by its cursor alone."""

    actor: Annotated[str, Text(200, 1)] | None = None
    """`account:<uuid>`, `account:<uuid>/key:<uuid>`, `system:<name>` or `anonymous`; an account's id alone will do."""
    command: Annotated[str, Text(200, 1)] | None = None
    outcome: OutcomeKind | None = None
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to")
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Opaque | None = None


class CommandView(View, frozen=True, kw_only=True):
    id: UUID
    command: str
    actor: str
    correlation_id: UUID
    """Of the request that led to it."""
    causation_id: UUID | None
    """The command whose events led to it."""
    outcome: str
    code: str | None
    """Of the refusal."""
    first_position: int | None
    last_position: int | None
    """Of its events in the log."""
    at: datetime


class AuditPage(View, frozen=True, kw_only=True):
    items: list[CommandView]
    limit: int
    next_cursor: str | None


@RESOURCE.route(
    "GET",
    "",
    Operation(summary="Commands: who, what, when, with what outcome", answer=AuditPage, roles=(Role.ADMIN,)),
)
async def list_commands(call: Call, query: Annotated[AuditFilters, Query()]) -> Answer:
    asked = AuditQuery(
        actor=None if query.actor is None else _actor(query.actor),
        command=query.command,
        outcome=query.outcome,
        since=query.since,
        until=query.until,
        limit=query.limit,
        after=None if query.cursor is None else _after(query.cursor),
    )
    async with call.services.pool.connection() as connection:
        rows = await commands(connection, asked)
    shown = rows[: query.limit]
    more = len(rows) > len(shown)
    cursor = cursor_of(shown[-1].at, shown[-1].id) if more else None
    return json_answer(AuditPage(items=[_shown(row) for row in shown], limit=query.limit, next_cursor=cursor))


def _actor(text: str) -> str:
    try:
        return f"account:{UUID(text)}"
    except ValueError:
        return text


def _shown(row: AuditRow) -> CommandView:
    return CommandView(
        id=row.id,
        command=row.command,
        actor=row.actor,
        correlation_id=row.correlation_id,
        causation_id=row.causation_id,
        outcome=row.outcome,
        code=row.code,
        first_position=row.first_position,
        last_position=row.last_position,
        at=row.at,
    )


def _after(cursor: str) -> tuple[datetime, UUID]:
    at, command_id = parts_of(cursor, tuple[datetime, UUID])
    if at.tzinfo is None:
        raise invalid("/cursor", "This is not a cursor of this list.")
    return at, command_id
