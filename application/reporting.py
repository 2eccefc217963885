"""Commands on reports: admins ask for them, the shop itself produces them and throws them away."""

from datetime import datetime
from typing import ClassVar

from application.access import acting_account, require_the_shop
from application.policy import ShopPolicy
from application.ports.commands import Command, Result, Touched, touching
from application.ports.side_rows import PublishedReportFile, RetractedReportFile
from application.ports.work import Work
from domain.accounts.events import Role
from domain.reporting.events import FailureReason, Question, ReportFormat
from domain.reporting.report import REPORTS, Report, ReportFile
from domain.shared.identifiers import ReportId
from domain.shared.refusal import AlreadyExists


class ReportKept(Result, frozen=True, kw_only=True):
    report_id: ReportId
    version: int
    at: datetime


class OfReport(Command, frozen=True, kw_only=True):
    """What every command on a report names."""

    report_id: ReportId

    def streams(self) -> Touched:
        return touching(REPORTS, self.report_id)


class RequestReport(OfReport, frozen=True, kw_only=True):
    name: ClassVar[str] = "reporting.request-report"
    question: Question
    file_format: ReportFormat


class RecordReport(OfReport, frozen=True, kw_only=True):
    """The draft is complete: it becomes the report's file."""

    name: ClassVar[str] = "reporting.record-report"
    file: ReportFile


class FailReport(OfReport, frozen=True, kw_only=True):
    """There will be no file. Due where nobody has produced one in time."""

    name: ClassVar[str] = "reporting.fail-report"
    cause: FailureReason


class ExpireReport(OfReport, frozen=True, kw_only=True):
    """Due when the file has been kept for as long as the shop keeps them."""

    name: ClassVar[str] = "reporting.expire-report"


def request_report(command: RequestReport, work: Work) -> ReportKept:
    requester = acting_account(work, Role.ADMIN)
    if work.find(REPORTS, command.report_id) is not None:
        raise AlreadyExists("There is a report with this identifier.")
    requested = Report.request(
        report_id=command.report_id,
        requester_id=requester.id,
        question=command.question,
        file_format=command.file_format,
        at=work.now,
    )
    work.record(REPORTS, command.report_id, requested)
    return _kept(work, command.report_id)


def record_report(command: RecordReport, work: Work, *, policy: ShopPolicy) -> ReportKept:
    """The event and the file in one append."""
    require_the_shop(work)
    report = work.get(REPORTS, command.report_id)
    produced = report.produce(command.file, keep_until=work.now + policy.report_retention, at=work.now)
    work.record(REPORTS, report.id, produced)
    work.attach(PublishedReportFile(report_id=report.id, file_id=command.file.file_id))
    return _kept(work, report.id)


def fail_report(command: FailReport, work: Work) -> ReportKept:
    require_the_shop(work)
    report = work.get(REPORTS, command.report_id)
    work.record(REPORTS, report.id, report.fail(command.cause, work.now))
    return _kept(work, report.id)


def expire_report(command: ExpireReport, work: Work) -> ReportKept:
    require_the_shop(work)
    report = work.get(REPORTS, command.report_id)
    if expired := report.expire(work.now):
        work.record(REPORTS, report.id, expired)
        work.attach(RetractedReportFile(report_id=report.id))
    return _kept(work, report.id)


def _kept(work: Work, report_id: ReportId) -> ReportKept:
    return ReportKept(report_id=report_id, version=work.version(report_id), at=work.now)
