"""Random histories of one report."""

from collections.abc import Callable
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from msgspec.structs import replace

from domain.reporting.events import (
    FailureReason,
    ReportEvent,
    ReportExpired,
    ReportFailed,
    ReportFormat,
    ReportProduced,
)
from domain.reporting.report import REPORTS, Report, ReportOver, ReportStatus
from domain.shared.identifiers import ReportFileId
from tests.support.accounts import ADMIN
from tests.support.machines import AggregateMachine
from tests.support.reports import FILE, KEPT, QUESTION, REPORT
from tests.support.times import NOON


class ReportMachine(AggregateMachine[Report, ReportEvent]):
    category = REPORTS
    stream = REPORT

    @initialize(file_format=st.sampled_from(ReportFormat))
    def request(self, file_format: ReportFormat) -> None:
        self.status = ReportStatus.REQUESTED
        self.begin(
            Report.request(report_id=REPORT, requester_id=ADMIN, question=QUESTION, file_format=file_format, at=NOON)
        )

    @rule(number=st.integers(1, 3))
    def produce(self, number: int) -> None:
        file = replace(FILE, file_id=ReportFileId(UUID(int=number)))
        then = ReportProduced(
            report_id=REPORT,
            file_id=file.file_id,
            rows=file.rows,
            size=file.size,
            digest=file.digest,
            keep_until=KEPT,
            at=NOON,
        )
        self._once(ReportStatus.DONE, then, lambda report: report.produce(file, keep_until=KEPT, at=NOON))

    @rule(cause=st.sampled_from(FailureReason))
    def fail(self, cause: FailureReason) -> None:
        then = ReportFailed(report_id=REPORT, cause=cause, at=NOON)
        self._once(ReportStatus.FAILED, then, lambda report: report.fail(cause, NOON))

    @rule()
    def expire(self) -> None:
        done = self.status is ReportStatus.DONE
        then = (ReportExpired(report_id=REPORT, at=NOON),) if done else ()
        self.decide(lambda report: report.expire(NOON), refused=None, then=then)
        self.status = ReportStatus.EXPIRED if done else self.status

    def _once(
        self, ends: ReportStatus, then: ReportEvent, decision: Callable[[Report], tuple[ReportEvent, ...]]
    ) -> None:
        if self.status is ReportStatus.REQUESTED:
            self.decide(decision, refused=None, then=(then,))
            self.status = ends
        else:
            self.decide(decision, refused=ReportOver)

    @invariant()
    def the_report_is_what_was_said(self) -> None:
        assert self.state == Report(id=REPORT, requester_id=ADMIN, status=self.status)


TestReportMachine = ReportMachine.TestCase
