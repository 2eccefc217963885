"""API keys: by which programs use the admin endpoints, as the admin who issued them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.answers import Answer, View, json_answer, no_content
from api.call import Call
from api.fields import Body, Name
from api.paging import PageQuery, cursor_of, parts_of
from api.positions import catch_up
from api.problems import invalid
from api.routing import Operation, Resource
from application.accounts.api_keys import ApiKeyKept, IssueApiKey, RevokeApiKey
from domain.accounts.events import Role
from domain.shared.identifiers import ApiKeyId
from projections.api_keys import ApiKeyRow, api_keys

RESOURCE = Resource("/api/v1/admin/api-keys", "accounts")
ADMIN = (Role.ADMIN,)


class ApiKeyForm(Body):
    name: Name


class ApiKeyView(View, frozen=True, kw_only=True):
    id: UUID
    name: str
    issuer_id: UUID
    """As whom it acts."""
    revoked_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class NewApiKeyView(ApiKeyView, frozen=True, kw_only=True):
    key: str
    """For the header `X-API-Key`. Shown here alone."""


class ApiKeyPage(View, frozen=True, kw_only=True):
    items: list[ApiKeyView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


@RESOURCE.route("GET", "", Operation(summary="API keys, newest first", answer=ApiKeyPage, roles=ADMIN))
async def list_api_keys(call: Call, query: Annotated[PageQuery, Query()]) -> Answer:
    offset, after = query.offset, None if query.cursor is None else _after(query.cursor)
    await catch_up(call, "accounts")
    async with call.services.pool.connection() as connection:
        rows, total = await api_keys(
            connection, schema=call.schema("accounts"), limit=query.limit, offset=offset, after=after
        )
    shown = rows[: query.limit]
    more = len(rows) > len(shown)
    page = ApiKeyPage(
        items=[_shown(row) for row in shown],
        next_cursor=cursor_of(shown[-1].created_at, shown[-1].id) if more else None,
        **query.counted(total),
    )
    return json_answer(page)


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="Issue an API key, whose secret is shown once",
        answer=NewApiKeyView,
        status=201,
        roles=ADMIN,
        examples={"request": {"name": "Nightly export"}},
    ),
)
async def issue_key(call: Call, body: ApiKeyForm) -> Answer:
    tokens, key_id = call.services.tokens, ApiKeyId(call.new_id("api-key"))
    secret = tokens.api_key(call.command_id())
    command = IssueApiKey(key_id=key_id, title=body.name, secret_hash=tokens.hash_api_key(secret))
    kept = await call.done(command, ApiKeyKept)
    view = NewApiKeyView(
        id=key_id,
        name=body.name,
        issuer_id=call.account.account,
        revoked_at=None,
        created_at=kept.at,
        updated_at=kept.at,
        version=kept.version,
        key=secret,
    )
    location = (b"location", f"/api/v1/admin/api-keys/{key_id}".encode())
    return json_answer(view, status=201, headers=[location, (b"cache-control", b"no-store")])


@RESOURCE.route(
    "DELETE", "/{key_id}", Operation(summary="Revoke an API key, at once and for good", status=204, roles=ADMIN)
)
async def revoke_key(call: Call, key_id: ApiKeyId) -> Answer:
    await call.done(RevokeApiKey(key_id=key_id, expected_version=call.expected_version()), ApiKeyKept)
    return no_content()


def _shown(row: ApiKeyRow) -> ApiKeyView:
    return ApiKeyView(
        id=row.id,
        name=row.name,
        issuer_id=row.issuer_id,
        revoked_at=row.revoked_at,
        created_at=row.created_at,
        updated_at=row.revoked_at or row.created_at,
        version=row.version,
    )


def _after(cursor: str) -> tuple[datetime, ApiKeyId]:
    at, key_id = parts_of(cursor, tuple[datetime, UUID])
    if at.tzinfo is None:
        raise invalid("/cursor", "This is not a cursor of this list.")
    return at, ApiKeyId(key_id)
