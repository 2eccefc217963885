"""The read model of reports: what was asked for, and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never, cast, get_args

import msgspec

from application.ports.log import Record
from domain.reporting.events import (
    FailureReason,
    ReportEvent,
    ReportExpired,
    ReportFailed,
    ReportFormat,
    ReportInterval,
    ReportKind,
    ReportProduced,
    ReportRequested,
)
from domain.reporting.report import ReportStatus
from domain.shared.identifiers import AccountId, ReportFileId, ReportId
from projections import bulk
from projections.projection import Connection, Projection

DDL = """
CREATE TABLE {schema}.report (
    id           uuid PRIMARY KEY,
    requester_id uuid NOT NULL,
    kind         text NOT NULL,
    since        timestamptz NOT NULL,
    until        timestamptz NOT NULL,
    unit         text NOT NULL,
    file_format  text NOT NULL,
    status       text NOT NULL,
    cause        text,
    file_id      uuid,
    rows         bigint,
    size         bigint,
    digest       text,
    keep_until   timestamptz,
    version      bigint NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL
);
CREATE INDEX report_by_age ON {schema}.report (created_at DESC, id DESC);
COMMENT ON COLUMN {schema}.report.unit IS 'the interval that a row is of';
"""
_REQUEST = """
INSERT INTO {schema}.report
    (id, requester_id, kind, since, until, unit, file_format, version, created_at, updated_at, status)
SELECT r.*, 'requested'
  FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[], %b::timestamptz[], %b::text[], %b::text[],
              %b::bigint[], %b::timestamptz[], %b::timestamptz[]) AS r
"""
_CHANGE = """
UPDATE {schema}.report x
   SET status = c.status, cause = c.cause, file_id = coalesce(c.file_id, x.file_id), rows = coalesce(c.rows, x.rows),
       size = coalesce(c.size, x.size), digest = coalesce(c.digest, x.digest),
       keep_until = coalesce(c.keep_until, x.keep_until), version = c.version, updated_at = c.at
  FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::uuid[], %b::bigint[], %b::bigint[], %b::text[],
              %b::timestamptz[], %b::bigint[], %b::timestamptz[])
    AS c (id, status, cause, file_id, rows, size, digest, keep_until, version, at)
 WHERE x.id = c.id
"""
_COLUMNS = """id, requester_id, kind, since, until, unit, file_format, status, cause, file_id, rows, size, digest,
       keep_until, version, created_at, updated_at"""
_TOTAL = "SELECT count(*) FROM {schema}.report"
_PAGE = f"""
SELECT {_COLUMNS} FROM {{schema}}.report
 WHERE %(at)b::timestamptz IS NULL OR (created_at, id) < (%(at)b::timestamptz, %(id)b::uuid)
 ORDER BY created_at DESC, id DESC LIMIT %(limit)b OFFSET %(offset)b
"""
_ONE = f"SELECT {_COLUMNS} FROM {{schema}}.report WHERE id = %b"


class ReportRow(msgspec.Struct, frozen=True):
    id: ReportId
    requester_id: AccountId
    kind: ReportKind
    since: datetime
    until: datetime
    interval: ReportInterval
    file_format: ReportFormat
    status: ReportStatus
    cause: FailureReason | None
    file_id: ReportFileId | None
    """What follows is of the file that there is, or was."""
    rows: int | None
    size: int | None
    digest: str | None
    keep_until: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    """One event of a report after the other: a batch may hold several of the same."""
    requested = []
    changes: dict[ReportId, list[tuple[object, ...]]] = {}
    for record in records:
        match event := cast(ReportEvent, record.event):
            case ReportRequested():
                requested.append(_requested(event, record.version))
            case ReportProduced() | ReportFailed() | ReportExpired():
                changes.setdefault(event.report_id, []).append(_change(event, record.version))
            case _:
                assert_never(event)
    await bulk.write(conn, _REQUEST.format(schema=schema), requested)
    while changes:
        await bulk.write(conn, _CHANGE.format(schema=schema), [each[0] for each in changes.values()])
        changes = {report: rest for report, each in changes.items() if (rest := each[1:])}


def _requested(event: ReportRequested, version: int) -> tuple[object, ...]:
    asked = event.question
    what = asked.kind, asked.since, asked.until, asked.interval, event.file_format
    return event.report_id, event.requester_id, *what, version, event.at, event.at


def _change(event: ReportProduced | ReportFailed | ReportExpired, version: int) -> tuple[object, ...]:
    match event:
        case ReportProduced():
            file = event.file_id, event.rows, event.size, event.digest, event.keep_until
            return event.report_id, ReportStatus.DONE, None, *file, version, event.at
        case ReportFailed():
            return event.report_id, ReportStatus.FAILED, event.cause, *[None] * 5, version, event.at
        case ReportExpired():
            return event.report_id, ReportStatus.EXPIRED, *[None] * 6, version, event.at
        case _:
            assert_never(event)


async def reports(
    conn: Connection, *, schema: str, limit: int, offset: int, after: tuple[datetime, ReportId] | None
) -> tuple[list[ReportRow], int]:
    """Newest first, one more than the limit where there are more; and how many there are of all pages."""
    counted = await bulk.read(conn, _TOTAL.format(schema=schema))
    at, report_id = after or (None, None)
    values = {"at": at, "id": report_id, "limit": limit + 1, "offset": 0 if after else offset}
    rows = await bulk.read(conn, _PAGE.format(schema=schema), values)
    return [_row(row) for row in rows], counted[0][0]


async def report(conn: Connection, report_id: ReportId, *, schema: str) -> ReportRow | None:
    rows = await bulk.read(conn, _ONE.format(schema=schema), (report_id,))
    return _row(rows[0]) if rows else None


def _row(values: tuple[object, ...]) -> ReportRow:
    return msgspec.convert(dict(zip(ReportRow.__struct_fields__, values, strict=True)), ReportRow)


REPORTS = Projection(
    name="reports",
    version=1,
    events=get_args(ReportEvent),
    ddl=DDL,
    apply=apply,
)
