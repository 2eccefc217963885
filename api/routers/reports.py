"""Reports: files of figures, which the shop produces by itself and keeps for a while."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query

from api.answers import Answer, StreamedAnswer, json_answer, versioned
from api.call import Call
from api.negotiation import require_acceptable
from api.paging import PageQuery, cursor_of, parts_of
from api.positions import catch_up
from api.problems import Problem, invalid, not_found
from api.report_schemas import (
    EXAMPLE_FORM,
    EXAMPLE_NEW,
    EXAMPLE_PAGE,
    EXAMPLE_REPORT,
    PATH,
    ReportForm,
    ReportPage,
    ReportView,
    new_report,
    report_view,
)
from api.routing import Operation, Resource
from api.spans import require_sense
from application.ports.reports import ReportFiles
from application.reporting import ReportKept, RequestReport
from domain.accounts.events import Role
from domain.reporting.events import Question, ReportFormat, ReportInterval
from domain.reporting.report import ReportStatus
from domain.shared.identifiers import ReportFileId, ReportId
from projections.reports import ReportRow, report, reports

RESOURCE = Resource(PATH, "operations")
ADMIN = (Role.ADMIN,)
MEDIA_TYPES = {ReportFormat.CSV: "text/csv; charset=utf-8; header=present", ReportFormat.JSON: "application/json"}
WITHOUT_FILE = {
    ReportStatus.REQUESTED: (409, "report-not-ready", "The report is not produced yet."),
    ReportStatus.FAILED: (409, "report-failed", "The report could not be produced; it says why."),
    ReportStatus.EXPIRED: (410, "report-expired", "The file is not kept any more; ask for a new report."),
}
"""What there is instead of the file."""


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="Ask for a report, which is produced in a moment",
        answer=ReportView,
        status=202,
        roles=ADMIN,
        examples={"request": EXAMPLE_FORM, "response": EXAMPLE_NEW},
    ),
)
async def request_report(call: Call, body: ReportForm) -> Answer:
    """It contains everything that was committed before. Its status is at `Location`, its file then at `fileUrl`."""
    require_sense(body.since, body.until, body.interval)
    report_id = ReportId(call.new_id("report"))
    question = Question(
        kind=body.kind,
        since=body.since,
        until=body.until,
        interval=ReportInterval(body.interval),
        zone=call.services.settings.store_timezone.key,
    )
    command = RequestReport(report_id=report_id, question=question, file_format=body.file_format)
    kept = await call.done(command, ReportKept)
    view = new_report(body, report_id=report_id, requester=call.account.account, at=kept.at)
    return json_answer(view, status=202, headers=[(b"location", f"{PATH}/{report_id}".encode())])


@RESOURCE.route(
    "GET",
    "",
    Operation(summary="Reports, newest first", answer=ReportPage, roles=ADMIN, examples={"response": EXAMPLE_PAGE}),
)
async def list_reports(call: Call, query: Annotated[PageQuery, Query()]) -> Answer:
    offset, after = query.offset, None if query.cursor is None else _after(query.cursor)
    await catch_up(call, "reports")
    schema = call.schema("reports")
    async with call.services.pool.connection() as connection:
        rows, total = await reports(connection, schema=schema, limit=query.limit, offset=offset, after=after)
    shown = rows[: query.limit]
    more = len(rows) > len(shown)
    page = ReportPage(
        items=[await _shown(call, row) for row in shown],
        next_cursor=cursor_of(shown[-1].created_at, shown[-1].id) if more else None,
        **query.counted(total),
    )
    return json_answer(page)


@RESOURCE.route(
    "GET",
    "/{report_id}",
    Operation(
        summary="How far a report is, and where its file is",
        answer=ReportView,
        roles=ADMIN,
        examples={"response": EXAMPLE_REPORT},
    ),
)
async def get_report(call: Call, report_id: ReportId) -> Answer:
    row = await _report(call, report_id)
    view = await _shown(call, row)
    return versioned(view, row.version, "" if view.rows == row.rows else view.rows)


@RESOURCE.route(
    "GET",
    "/{report_id}/file",
    Operation(
        summary="The file of a report, CSV or JSON",
        roles=ADMIN,
        problems=tuple((status, code) for status, code, _ in WITHOUT_FILE.values()),
        produces="*/*",
    ),
)
async def get_report_file(call: Call, report_id: ReportId) -> Answer:
    """Amounts are exact decimals. In CSV a text that would be a formula in a spreadsheet begins with an apostrophe."""
    row = await _report(call, report_id)
    if row.status in WITHOUT_FILE or row.file_id is None:
        raise Problem(*WITHOUT_FILE[row.status])
    if not await call.services.report_files.has(row.file_id):
        raise Problem(*WITHOUT_FILE[ReportStatus.EXPIRED])
    media_type = MEDIA_TYPES[row.file_format]
    require_acceptable(call.given, media_type)
    name = _name(row, call.services.settings.store_timezone)
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", b"%d" % (row.size or 0)),
        (b"content-disposition", f'attachment; filename="{name}"'.encode()),
        (b"etag", f'"{row.digest}"'.encode()),
    ]
    return StreamedAnswer(_parts(call.services.report_files, row.file_id), headers, release=_nothing)


async def _report(call: Call, report_id: ReportId) -> ReportRow:
    await catch_up(call, "reports")
    async with call.services.pool.connection() as connection:
        row = await report(connection, report_id, schema=call.schema("reports"))
    if row is None:
        raise not_found("There is no such report.")
    return row


async def _shown(call: Call, row: ReportRow) -> ReportView:
    waits = row.status is ReportStatus.REQUESTED
    return report_view(row, written=await call.services.report_files.progress(row.id) if waits else None)


async def _parts(files: ReportFiles, file: ReportFileId) -> AsyncGenerator[bytes, None]:
    number = 1
    while (data := await files.part(file, number)) is not None:
        yield data
        number += 1


async def _nothing() -> None:
    """Nothing is held while a file is sent."""


def _name(row: ReportRow, zone: ZoneInfo) -> str:
    since, until = (moment.astimezone(zone).date() for moment in (row.since, row.until))
    return f"{row.kind}-{since}-{until}.{row.file_format}"


def _after(cursor: str) -> tuple[datetime, ReportId]:
    at, report_id = parts_of(cursor, tuple[datetime, UUID])
    if at.tzinfo is None:
        raise invalid("/cursor", "This is not a cursor of this list.")
    return at, ReportId(report_id)
