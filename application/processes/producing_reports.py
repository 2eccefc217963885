"""Reports that were asked for are produced, and their files thrown away in time.

ReportRequested ──▶ at once: ProduceReport
                ──▶ an hour later: FailReport, not in time
ReportProduced  ──▶ nobody fails it any more; when it has been kept for long enough: ExpireReport
ReportFailed    ──▶ nobody produces it any more
ReportExpired   ──▶ that was it
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from application.effects.reports import ProduceReport
from application.processes.process import Decision, Due, ProcessManager, Withdraw
from application.reporting import ExpireReport, FailReport
from domain.reporting.events import FailureReason, ReportExpired, ReportFailed, ReportProduced, ReportRequested
from domain.shared.event import Event

LONGEST = timedelta(hours=1)
"""After which nobody waits for a report any more."""
PRODUCE, FAIL, EXPIRE = "produce", "fail", "expire"


class AwaitedReport(msgspec.Struct, frozen=True):
    """One that is being produced, or whose file is kept."""

    produced: bool


def instance(event: Event) -> UUID | None:
    match event:
        case ReportRequested() | ReportProduced() | ReportFailed() | ReportExpired():
            return event.report_id
        case _:
            return None


def react(report: AwaitedReport | None, event: Event) -> tuple[AwaitedReport | None, Sequence[Decision]]:
    match event:
        case ReportRequested():
            return AwaitedReport(produced=False), (_produce(event), _give_up(event))
        case ReportProduced(report_id=report_id, keep_until=keep_until):
            expire = Due(EXPIRE, ExpireReport(report_id=report_id), at=keep_until)
            return AwaitedReport(produced=True), (Withdraw(FAIL), expire)
        case ReportFailed():
            return None, (Withdraw(PRODUCE), Withdraw(FAIL))
        case ReportExpired():
            return None, ()
        case _:
            return report, ()


def _produce(event: ReportRequested) -> Due:
    produce = ProduceReport(report_id=event.report_id, question=event.question, file_format=event.file_format)
    return Due(PRODUCE, produce, at=event.at)  # so that it stands in one line with what else is due


def _give_up(event: ReportRequested) -> Due:
    fail = FailReport(report_id=event.report_id, cause=FailureReason.NOT_IN_TIME)
    return Due(FAIL, fail, at=event.at + LONGEST)


PRODUCING_REPORTS: ProcessManager[AwaitedReport] = ProcessManager(
    name="producing-reports",
    version=1,
    events=(ReportRequested, ReportProduced, ReportFailed, ReportExpired),
    state=AwaitedReport,
    instance=instance,
    react=react,
)
