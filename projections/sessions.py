"""The read model of sessions that are alive; those that have expired stay until their account's next login."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from application.ports.log import Record
from domain.accounts.events import (
    AccountDeleted,
    AllSessionsRevoked,
    OtherSessionsRevoked,
    SessionRefreshed,
    SessionRevoked,
    SessionStarted,
)
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, SessionId
from projections import bulk
from projections.projection import Connection, Projection

DDL = """
CREATE TABLE {schema}.session (
    id           uuid PRIMARY KEY,
    account_id   uuid NOT NULL,
    client       text NOT NULL,
    started_at   timestamptz NOT NULL,
    refreshed_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    version      bigint NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX session_by_account ON {schema}.session (account_id);
"""
_LOAD = """
SELECT id, account_id, client, started_at, refreshed_at, expires_at, version FROM {schema}.session
 WHERE account_id = ANY(%b::uuid[])
"""
_END = "DELETE FROM {schema}.session s USING unnest(%b::uuid[]) AS r (id) WHERE s.id = r.id"
_KEEP = """
INSERT INTO {schema}.session (id, account_id, client, started_at, refreshed_at, expires_at, version)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[], %b::timestamptz[], %b::timestamptz[],
                     %b::bigint[])
ON CONFLICT (id) DO UPDATE SET client = excluded.client, refreshed_at = excluded.refreshed_at,
    expires_at = excluded.expires_at, version = excluded.version
"""
EVENTS: tuple[type[Event], ...] = (
    SessionStarted,
    SessionRefreshed,
    SessionRevoked,
    AllSessionsRevoked,
    OtherSessionsRevoked,
    AccountDeleted,
)


class SessionRow(msgspec.Struct, frozen=True):
    id: SessionId
    account_id: AccountId
    client: str
    started_at: datetime
    refreshed_at: datetime
    expires_at: datetime
    version: int


class _Sessions:
    """Those of the accounts that a batch is about, as its records leave them one after another."""

    def __init__(self, rows: Sequence[SessionRow]) -> None:
        self.before: dict[UUID, SessionRow] = {row.id: row for row in rows}
        self.now: dict[UUID, SessionRow] = dict(self.before)

    def apply(self, record: Record) -> None:
        match record.event:
            case SessionStarted() as event:
                self._end(record.key, lambda row: row.expires_at <= event.at)
                self.now[record.stream] = SessionRow(
                    event.session_id, event.account_id, event.client, event.at, event.at, event.expires_at,
                    record.version,
                )  # fmt: skip
            case SessionRefreshed(client=client, at=at, expires_at=expires_at) if record.stream in self.now:
                self.now[record.stream] = msgspec.structs.replace(
                    self.now[record.stream],
                    client=client,
                    refreshed_at=at,
                    expires_at=expires_at,
                    version=record.version,
                )
            case SessionRevoked():
                self.now.pop(record.stream, None)
            case AllSessionsRevoked(at=at) | AccountDeleted(at=at):
                self._end(record.key, lambda row: row.started_at < at)
            case OtherSessionsRevoked(at=at, kept=kept):
                self._end(record.key, lambda row: row.started_at < at and row.id != kept)
            case _:
                pass  # refreshed after it was over: nothing to show

    def _end(self, account: UUID, over: Callable[[SessionRow], bool]) -> None:
        for row in [row for row in self.now.values() if row.account_id == account and over(row)]:
            del self.now[row.id]


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    accounts = sorted({record.key for record in records})
    rows = await bulk.read(conn, _LOAD.format(schema=schema), (accounts,))
    sessions = _Sessions([SessionRow(*row) for row in rows])
    for record in records:
        sessions.apply(record)
    gone = sorted(sessions.before.keys() - sessions.now.keys())
    await bulk.write(conn, _END.format(schema=schema), ((session,) for session in gone))
    kept = (row for id_, row in sorted(sessions.now.items()) if row is not sessions.before.get(id_))
    await bulk.write(conn, _KEEP.format(schema=schema), map(msgspec.structs.astuple, kept))


SESSIONS = Projection(name="sessions", version=1, events=EVENTS, ddl=DDL, apply=apply)

_OF_ACCOUNT = """
SELECT id, account_id, client, started_at, refreshed_at, expires_at, version FROM {sessions}.session
 WHERE account_id = %b AND expires_at > %b ORDER BY refreshed_at DESC, id
"""


async def sessions_of(conn: Connection, account: AccountId, *, at: datetime, sessions: str) -> list[SessionRow]:
    """Those that are alive, the one used last first."""
    rows = await bulk.read(conn, _OF_ACCOUNT.format(sessions=sessions), (account, at))
    return [SessionRow(*row) for row in rows]
