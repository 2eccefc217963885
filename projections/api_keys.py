"""The API keys that were issued, beside the read model of accounts; what opens the door is kept elsewhere."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from application.ports.log import Record
from domain.accounts.key_events import ApiKeyIssued, ApiKeyRevoked
from domain.shared.identifiers import AccountId, ApiKeyId
from projections import bulk
from projections.projection import Connection

DDL = """
CREATE TABLE {schema}.api_key (
    id         uuid PRIMARY KEY,
    issuer_id  uuid NOT NULL,
    name       text NOT NULL,
    revoked_at timestamptz,
    version    bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX api_key_by_age ON {schema}.api_key (created_at DESC, id DESC);
"""
_ISSUE = """
INSERT INTO {schema}.api_key (id, issuer_id, name, version, created_at)
SELECT r.id, r.issuer, r.name, 1, r.at
  FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[]) AS r (id, issuer, name, at)
"""
_REVOKE = """
UPDATE {schema}.api_key k SET revoked_at = r.at, version = r.version
  FROM unnest(%b::uuid[], %b::timestamptz[], %b::bigint[]) AS r (id, at, version) WHERE k.id = r.id
"""
_TOTAL = "SELECT count(*) FROM {schema}.api_key"
_PAGE = """
SELECT id, issuer_id, name, revoked_at, version, created_at FROM {schema}.api_key
 WHERE %(at)b::timestamptz IS NULL OR (created_at, id) < (%(at)b::timestamptz, %(id)b::uuid)
 ORDER BY created_at DESC, id DESC LIMIT %(limit)b OFFSET %(offset)b
"""


class ApiKeyRow(msgspec.Struct, frozen=True):
    id: ApiKeyId
    issuer_id: AccountId
    name: str
    revoked_at: datetime | None
    version: int
    created_at: datetime


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    issued, revoked = [], []
    for record in records:
        match record.event:
            case ApiKeyIssued(key_id=key_id, issuer_id=issuer_id, name=name, at=at):
                issued.append((key_id, issuer_id, name, at))
            case ApiKeyRevoked(key_id=key_id, at=at):
                revoked.append((key_id, at, record.version))
            case _:
                pass
    await bulk.write(conn, _ISSUE.format(schema=schema), issued)
    await bulk.write(conn, _REVOKE.format(schema=schema), revoked)


async def api_keys(
    conn: Connection, *, schema: str, limit: int, offset: int, after: tuple[datetime, ApiKeyId] | None
) -> tuple[list[ApiKeyRow], int]:
    """Newest first, one more than the limit where there are more; and how many there are of all pages."""
    counted = await bulk.read(conn, _TOTAL.format(schema=schema))
    at, key_id = after or (None, None)
    values = {"at": at, "id": key_id, "limit": limit + 1, "offset": 0 if after else offset}
    rows = await bulk.read(conn, _PAGE.format(schema=schema), values)
    return [ApiKeyRow(*row) for row in rows], counted[0][0]
