"""Reports in memory: figures as a test says, and files that a test may look into."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from application.ports.reports import DraftGone, FiguresNotKnown, Row
from domain.reporting.events import Question
from domain.shared.identifiers import ReportFileId, ReportId


class FakeFigures:
    """The same batches of rows for everybody; `behind` as long as the read models are."""

    def __init__(self, *batches: Sequence[Row]) -> None:
        self.batches = batches
        self.behind = False

    @asynccontextmanager
    async def rows(
        self, report: ReportId, question: Question, *, patience: timedelta
    ) -> AsyncIterator[AsyncIterator[Sequence[Row]]]:
        del question, patience
        if self.behind:
            raise FiguresNotKnown(str(report))
        yield self._each()

    async def _each(self) -> AsyncIterator[Sequence[Row]]:
        for batch in self.batches:
            yield batch


class FakeReportFiles:
    """`publish` and `retract` do what the log's append does with the side rows."""

    def __init__(self) -> None:
        self.reports: dict[ReportFileId, ReportId] = {}
        self.parts: dict[tuple[ReportFileId, int], bytes] = {}
        self.published: set[ReportFileId] = set()
        self._written: dict[ReportFileId, int] = {}
        self._made = 0

    def publish(self, file: ReportFileId) -> None:
        if file not in self.reports:
            raise DraftGone("the draft of a report is gone")
        self.published.add(file)

    def retract(self, report: ReportId) -> None:
        self.published -= {file for file, of in self.reports.items() if of == report}

    def content(self, file: ReportFileId) -> bytes:
        return b"".join(data for (of, _), data in sorted(self.parts.items()) if of == file)

    async def begin(self, report: ReportId) -> ReportFileId | None:
        if any(self.reports[file] == report for file in self.published):
            return None
        await self.discard(report)
        self._made += 1
        file = ReportFileId(UUID(int=0xF11E0000 + self._made))
        self.reports[file], self._written[file] = report, 0
        return file

    async def add(self, file: ReportFileId, *, number: int, data: bytes, rows: int) -> None:
        if file not in self.reports:
            raise DraftGone(str(file))
        self.parts[file, number] = data
        self._written[file] = rows

    async def discard(self, report: ReportId) -> None:
        drafts = {file for file, of in self.reports.items() if of == report and file not in self.published}
        self.reports = {file: of for file, of in self.reports.items() if file not in drafts}
        self.parts = {part: data for part, data in self.parts.items() if part[0] not in drafts}

    async def progress(self, report: ReportId) -> int | None:
        drafts = [
            self._written[file] for file, of in self.reports.items() if of == report and file not in self.published
        ]
        return max(drafts, default=None)

    async def has(self, file: ReportFileId) -> bool:
        return file in self.published

    async def part(self, file: ReportFileId, number: int) -> bytes | None:
        return self.parts.get((file, number)) if file in self.published else None
