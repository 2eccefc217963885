"""What happens to reports: files of figures that admins ask for."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from domain.shared.event import Event
from domain.shared.identifiers import AccountId, ReportFileId, ReportId


class ReportKind(StrEnum):
    SALES = "sales"
    REVENUE = "revenue"
    TOP_PRODUCTS = "top-products"
    USERS = "users"
    ORDERS = "orders"
    ORDER_LINES = "order-lines"


class ReportInterval(StrEnum):
    DAY = "day"
    WEEK = "week"
    """From Monday."""
    MONTH = "month"


class ReportFormat(StrEnum):
    CSV = "csv"
    JSON = "json"


class FailureReason(StrEnum):
    TOO_LARGE = "too-large"
    """More than a file may hold; a shorter span has less."""
    NOT_IN_TIME = "not-in-time"
    """Nobody could produce it: the read models were behind for too long, or the work failed again and again."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is of: of what begins in `since` ≤ t < `until`."""

    kind: ReportKind
    since: datetime
    until: datetime
    interval: ReportInterval
    """One row of sales, revenue and orders; of no concern to the others."""
    zone: str
    """IANA name of the time zone whose days, weeks and months count."""


class ReportRequested(Event, frozen=True, kw_only=True):
    """It shows everything that was recorded before this, and maybe more."""

    topic: ClassVar[str] = "reporting.report-requested"
    report_id: ReportId
    requester_id: AccountId
    question: Question
    file_format: ReportFormat
    at: datetime


class ReportProduced(Event, frozen=True, kw_only=True):
    """Its file is there, from this moment on."""

    topic: ClassVar[str] = "reporting.report-produced"
    report_id: ReportId
    file_id: ReportFileId
    rows: int
    size: int
    """Bytes."""
    digest: str
    """SHA-256 of the file, in hexadecimal digits."""
    keep_until: datetime
    at: datetime


class ReportFailed(Event, frozen=True, kw_only=True):
    """It has no file and will have none."""

    topic: ClassVar[str] = "reporting.report-failed"
    report_id: ReportId
    cause: FailureReason
    at: datetime


class ReportExpired(Event, frozen=True, kw_only=True):
    """Its file is gone."""

    topic: ClassVar[str] = "reporting.report-expired"
    report_id: ReportId
    at: datetime


ReportEvent = ReportRequested | ReportProduced | ReportFailed | ReportExpired
