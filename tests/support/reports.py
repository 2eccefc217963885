"""Reports as tests ask for them."""

from datetime import timedelta
from uuid import UUID

from domain.reporting.events import Question, ReportFormat, ReportInterval, ReportKind
from domain.reporting.report import REPORTS, Report, ReportFile
from domain.shared.identifiers import ReportFileId, ReportId
from tests.support.accounts import ADMIN
from tests.support.given import after
from tests.support.times import NOON

REPORT = ReportId(UUID(int=0x4E))
FILE = ReportFile(file_id=ReportFileId(UUID(int=0xF1)), rows=3, size=120, digest="d" * 64)
KEPT = NOON + timedelta(days=30)
QUESTION = Question(
    kind=ReportKind.SALES, since=NOON - timedelta(days=2), until=NOON, interval=ReportInterval.DAY, zone="Asia/Kolkata"
)


def requested(question: Question = QUESTION, file_format: ReportFormat = ReportFormat.CSV) -> Report:
    """One that waits."""
    events = Report.request(report_id=REPORT, requester_id=ADMIN, question=question, file_format=file_format, at=NOON)
    return after(REPORTS, events)


def produced() -> Report:
    report = requested()
    return after(REPORTS, report.produce(FILE, keep_until=KEPT, at=NOON), report)
