"""Reports as clients ask for them and see them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import field
from pydantic import Field, WithJsonSchema

from api.answers import View
from api.fields import Body, Moment, word_of
from api.spans import IntervalWord
from domain.reporting.events import FailureReason, ReportFormat, ReportInterval, ReportKind
from domain.reporting.report import ReportStatus
from domain.shared.identifiers import ReportId
from projections.reports import ReportRow
from projections.sales_queries import Interval

PATH = "/api/v1/admin/reports"

KindWord = Annotated[ReportKind, word_of(ReportKind, {}), WithJsonSchema({"type": "string", "enum": list(ReportKind)})]
FormatWord = Annotated[
    ReportFormat, word_of(ReportFormat, {}), WithJsonSchema({"type": "string", "enum": list(ReportFormat)})
]


class ReportForm(Body):
    """Of what begins in `from` ≤ t < `to`."""

    kind: KindWord
    since: Moment = Field(alias="from")
    until: Moment = Field(alias="to")
    interval: IntervalWord = Interval.DAY
    """One row of sales, revenue and orders; the others have none."""
    file_format: FormatWord = Field(alias="format")


class JobStatus(StrEnum):
    REQUESTED = "requested"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


class ReportView(View, frozen=True, kw_only=True):
    id: UUID
    kind: ReportKind
    since: datetime = field(name="from")
    until: datetime = field(name="to")
    interval: ReportInterval
    file_format: ReportFormat = field(name="format")
    status: JobStatus
    rows: int | None
    """Of the file; while it runs, those that are written."""
    size: int | None
    """Bytes."""
    error: FailureReason | None
    """Why it failed."""
    file_url: str | None
    """Where the file is, while it is kept."""
    expires_at: datetime | None
    """When the file is thrown away."""
    requested_by: UUID
    created_at: datetime
    updated_at: datetime
    version: int


class ReportPage(View, frozen=True, kw_only=True):
    items: list[ReportView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


def report_view(row: ReportRow, *, written: int | None = None) -> ReportView:
    """`written` are the rows of its draft; None where there is none."""
    done = row.status is ReportStatus.DONE
    running = row.status is ReportStatus.REQUESTED and written is not None
    return ReportView(
        id=row.id,
        kind=row.kind,
        since=row.since,
        until=row.until,
        interval=row.interval,
        file_format=row.file_format,
        status=JobStatus.RUNNING if running else JobStatus(row.status),
        rows=written if running else row.rows,
        size=row.size,
        error=row.cause,
        file_url=file_url(row.id) if done else None,
        expires_at=row.keep_until,
        requested_by=row.requester_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )


def new_report(form: ReportForm, *, report_id: ReportId, requester: UUID, at: datetime) -> ReportView:
    """As it was asked for just now."""
    return ReportView(
        id=report_id,
        kind=form.kind,
        since=form.since,
        until=form.until,
        interval=ReportInterval(form.interval),
        file_format=form.file_format,
        status=JobStatus.REQUESTED,
        rows=None,
        size=None,
        error=None,
        file_url=None,
        expires_at=None,
        requested_by=requester,
        created_at=at,
        updated_at=at,
        version=1,
    )


def file_url(report: UUID) -> str:
    return f"{PATH}/{report}/file"


EXAMPLE_FORM = {
    "kind": "sales",
    "from": "2026-11-01T00:00:00Z",
    "to": "2026-12-01T00:00:00Z",
    "interval": "day",
    "format": "csv",
}
EXAMPLE_NEW = {
    "id": "5b8e6f1a-55cc-4d0e-9f53-0c8d6f1b2a10",
    "kind": "sales",
    "from": "2026-11-01T00:00:00Z",
    "to": "2026-12-01T00:00:00Z",
    "interval": "day",
    "format": "csv",
    "status": "requested",
    "rows": None,
    "size": None,
    "error": None,
    "fileUrl": None,
    "expiresAt": None,
    "requestedBy": "b6a7c1de-9a0b-5e2f-8f3e-4f9f8a1d2c3b",
    "createdAt": "2026-12-01T09:00:00Z",
    "updatedAt": "2026-12-01T09:00:00Z",
    "version": 1,
}
EXAMPLE_REPORT = {
    **EXAMPLE_NEW,
    "status": "done",
    "rows": 30,
    "size": 2_271,
    "fileUrl": f"{PATH}/{EXAMPLE_NEW['id']}/file",
    "expiresAt": "2026-12-31T09:00:01Z",
    "updatedAt": "2026-12-01T09:00:01Z",
    "version": 2,
}
EXAMPLE_PAGE = {"items": [EXAMPLE_REPORT], "page": 1, "limit": 20, "total": 1, "pages": 1, "nextCursor": None}
