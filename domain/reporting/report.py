"""A report: asked for, then produced or failed; what was produced expires."""

from datetime import datetime
from enum import StrEnum
from typing import assert_never, get_args

import msgspec
from msgspec.structs import replace

from domain.reporting.events import (
    FailureReason,
    Question,
    ReportEvent,
    ReportExpired,
    ReportFailed,
    ReportFormat,
    ReportProduced,
    ReportRequested,
)
from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, ReportFileId, ReportId
from domain.shared.refusal import Refusal


class ReportSpanEmpty(Refusal):
    """A span begins before it ends."""

    code = "report-span-empty"


class ReportOver(Refusal):
    """It was produced, failed or expired before."""

    code = "report-over"


class ReportStatus(StrEnum):
    REQUESTED = "requested"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


class ReportFile(msgspec.Struct, frozen=True, kw_only=True):
    """What was written."""

    file_id: ReportFileId
    rows: int
    size: int
    """Bytes."""
    digest: str
    """SHA-256, in hexadecimal digits."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Ends once: with one file, or with the reason why there is none."""

    id: ReportId
    requester_id: AccountId
    status: ReportStatus

    @staticmethod
    def request(
        *,
        report_id: ReportId,
        requester_id: AccountId,
        question: Question,
        file_format: ReportFormat,
        at: datetime,
    ) -> tuple[ReportEvent, ...]:
        """Raises ReportSpanEmpty."""
        if question.since >= question.until:
            raise ReportSpanEmpty("A span begins before it ends.")
        requested = ReportRequested(
            report_id=report_id,
            requester_id=requester_id,
            question=question,
            file_format=file_format,
            at=at,
        )
        return (requested,)

    def produce(self, file: ReportFile, *, keep_until: datetime, at: datetime) -> tuple[ReportEvent, ...]:
        """Raises ReportOver: the first file stays the only one."""
        if self.status is not ReportStatus.REQUESTED:
            raise ReportOver(f"The report is {self.status}.")
        produced = ReportProduced(
            report_id=self.id,
            file_id=file.file_id,
            rows=file.rows,
            size=file.size,
            digest=file.digest,
            keep_until=keep_until,
            at=at,
        )
        return (produced,)

    def fail(self, cause: FailureReason, at: datetime) -> tuple[ReportEvent, ...]:
        """Raises ReportOver."""
        if self.status is not ReportStatus.REQUESTED:
            raise ReportOver(f"The report is {self.status}.")
        return (ReportFailed(report_id=self.id, cause=cause, at=at),)

    def expire(self, at: datetime) -> tuple[ReportEvent, ...]:
        """Nothing where there is no file."""
        return (ReportExpired(report_id=self.id, at=at),) if self.status is ReportStatus.DONE else ()


def evolve(report: Report | None, event: ReportEvent) -> Report:
    """The report after the event."""
    match event:
        case ReportRequested(report_id=report_id, requester_id=requester_id):
            return Report(id=report_id, requester_id=requester_id, status=ReportStatus.REQUESTED)
        case _ if report is None:
            raise ValueError(f"{event.topic} came first")
        case ReportProduced():
            return replace(report, status=ReportStatus.DONE)
        case ReportFailed():
            return replace(report, status=ReportStatus.FAILED)
        case ReportExpired():
            return replace(report, status=ReportStatus.EXPIRED)
        case _:
            assert_never(event)


REPORTS: Category[Report, ReportEvent] = Category(
    name="report",
    family=Family.CUSTOMERS,
    events=get_args(ReportEvent),
    state=Report,
    evolve=evolve,
    key=lambda report: report.requester_id,
)
