"""What the golden files of reports say."""

from datetime import timedelta
from uuid import UUID

from domain.reporting.events import (
    FailureReason,
    Question,
    ReportExpired,
    ReportFailed,
    ReportFormat,
    ReportInterval,
    ReportKind,
    ReportProduced,
    ReportRequested,
)
from domain.shared.event import Event
from domain.shared.identifiers import ReportFileId, ReportId
from tests.golden.customers import ACCOUNT, AT

REPORT = ReportId(UUID("4e000000-0000-5000-8000-00000000000e"))
FILE = ReportFileId(UUID("f1000000-0000-4000-8000-00000000000f"))
QUESTION = Question(
    kind=ReportKind.ORDER_LINES,
    since=AT - timedelta(days=30),
    until=AT,
    interval=ReportInterval.MONTH,
    zone="Asia/Kolkata",
)

REPORTS: tuple[Event, ...] = (
    ReportRequested(report_id=REPORT, requester_id=ACCOUNT, question=QUESTION, file_format=ReportFormat.JSON, at=AT),
    ReportProduced(
        report_id=REPORT,
        file_id=FILE,
        rows=1_284,
        size=310_443,
        digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        keep_until=AT + timedelta(days=30),
        at=AT,
    ),
    ReportFailed(report_id=REPORT, cause=FailureReason.NOT_IN_TIME, at=AT),
    ReportExpired(report_id=REPORT, at=AT),
)
