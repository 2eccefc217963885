"""Where the caller is logged in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.answers import Answer, View, json_answer
from api.call import Call
from api.paging import PageQuery
from api.positions import catch_up
from api.problems import invalid
from api.routing import Operation, Resource
from projections.sessions import sessions_of

RESOURCE = Resource("/api/v1/users/me/sessions", "accounts")
AT = "2026-11-21T12:00:00Z"


class SessionView(View, frozen=True, kw_only=True):
    id: UUID
    client: str
    """Says only whether two sessions were used last from the same software at the same address."""
    current: bool
    """Whether it is the one that asks."""
    started_at: datetime
    refreshed_at: datetime
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    version: int


class SessionPage(View, frozen=True, kw_only=True):
    items: list[SessionView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


EXAMPLE = {
    "id": "5e5510a0-55cc-5b8e-9f53-0c8d6f1b2a10",
    "client": "b1ff0c8d6f1b2a105e5510a055cc5b8e",
    "current": True,
    "startedAt": AT,
    "refreshedAt": AT,
    "expiresAt": "2026-11-28T12:00:00Z",
    "createdAt": AT,
    "updatedAt": AT,
    "version": 1,
}
EXAMPLE_PAGE = {"items": [EXAMPLE], "page": 1, "limit": 20, "total": 1, "pages": 1, "nextCursor": None}


@RESOURCE.route(
    "GET",
    "",
    Operation(
        summary="The caller's sessions, the one used last first",
        answer=SessionPage,
        examples={"response": EXAMPLE_PAGE},
    ),
)
async def list_sessions(call: Call, query: Annotated[PageQuery, Query()]) -> Answer:
    if query.cursor is not None:
        raise invalid("/cursor", "This is not a cursor of this list.")
    await catch_up(call, "sessions")
    now, schema = call.services.clock.now(), call.schema("sessions")
    async with call.services.pool.connection() as connection:
        rows = await sessions_of(connection, call.account.account, at=now, sessions=schema)
    current = call.claims.session if call.claims else None
    items = [
        SessionView(
            id=row.id,
            client=row.client,
            current=row.id == current,
            started_at=row.started_at,
            refreshed_at=row.refreshed_at,
            expires_at=row.expires_at,
            created_at=row.started_at,
            updated_at=row.refreshed_at,
            version=row.version,
        )
        for row in rows[query.offset : query.offset + query.limit]
    ]
    return json_answer(SessionPage(items=items, next_cursor=None, **query.counted(len(rows))))
