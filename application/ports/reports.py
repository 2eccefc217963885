"""Where the figures of a report come from, and where its file is kept."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from domain.reporting.events import Question, ReportKind
from domain.shared.identifiers import ReportFileId, ReportId

Cell = str | int | Decimal | datetime | UUID | None
Row = tuple[Cell, ...]
"""Amounts are in major units, with exactly the currency's decimals."""

_SOLD = ("units", "sold", "returnedUnits", "returned", "net", "currency")
COLUMNS: Mapping[ReportKind, tuple[str, ...]] = {
    ReportKind.SALES: (
        "start", "orders", "units", "sold", "discount", "tax", "returnedUnits", "returned", "net", "currency",
    ),
    ReportKind.REVENUE: ("start", "received", "refunded", "net", "currency"),
    ReportKind.TOP_PRODUCTS: ("productId", "name", *_SOLD),
    ReportKind.USERS: ("role", "accounts", "registered"),
    ReportKind.ORDERS: ("start", "placed", "confirmed", "shipped", "delivered", "cancelled"),
    ReportKind.ORDER_LINES: (
        "orderId", "orderNumber", "placedAt", "line", "status", "productId", "name", "sellerId", "quantity",
        "priceAtPurchase", "discount", "tax", "total", "currency",
    ),
}  # fmt: skip
"""What the cells of a row are called, as the figures of the same name elsewhere in the API; nothing of any person."""


class FiguresNotKnown(Exception):
    """The read models have not reached the moment at which the report was asked for."""


class DraftGone(Exception):
    """Somebody else writes the report, or it is over: what was written is thrown away."""


class Figures(Protocol):
    def rows(
        self, report: ReportId, question: Question, *, patience: timedelta
    ) -> AbstractAsyncContextManager[AsyncIterator[Sequence[Row]]]:
        """Some rows at a time, all as of one moment, which is not before the report was asked for.

        Waits as long for the read models to get there; raises FiguresNotKnown.
        """


class ReportFiles(Protocol):
    async def begin(self, report: ReportId) -> ReportFileId | None:
        """A new draft, instead of any that there was; None where the report has its file."""

    async def add(self, file: ReportFileId, *, number: int, data: bytes, rows: int) -> None:
        """Keeps the part of that number (from 1); `rows` are written by now. Raises DraftGone."""

    async def discard(self, report: ReportId) -> None:
        """Throws away what is kept of the report and is not its file."""

    async def progress(self, report: ReportId) -> int | None:
        """How many rows its draft has; None where there is no draft."""

    async def has(self, file: ReportFileId) -> bool:
        """Whether it is a report's file, and there."""

    async def part(self, file: ReportFileId, number: int) -> bytes | None:
        """Of a report's file, from 1; None beyond the last, and where it is gone."""
