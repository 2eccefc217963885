"""A report is written part by part as a draft, which becomes its file in the append that says so.

Whatever is cut off is begun anew: a draft is nobody's file, and a report that has its file gets no second one.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import ClassVar, Final

from application.effects.effect import EffectPorts
from application.effects.report_forms import form_of
from application.ports.commands import Command
from application.ports.reports import COLUMNS, ReportFiles, Row
from application.reporting import ExpireReport, FailReport, RecordReport
from domain.reporting.events import FailureReason, Question, ReportFormat
from domain.reporting.report import ReportFile
from domain.shared.identifiers import ReportFileId, ReportId

PATIENCE: Final = timedelta(seconds=5)
"""For the read models; then it is tried again later."""
MOST_ROWS: Final = 500_000
MOST_BYTES: Final = 128 * 1024 * 1024
PART: Final = 256 * 1024
"""Bytes that are kept together, or a little more."""


class ProduceReport(Command, frozen=True, kw_only=True):
    """Write the report's file."""

    name: ClassVar[str] = "reporting.produce-report"
    report_id: ReportId
    question: Question
    file_format: ReportFormat


class _TooLarge(Exception):
    """A file may not hold that much."""


async def produce_report(command: ProduceReport, ports: EffectPorts) -> None:
    """A refusal is no fault: the report is over. Raises FiguresNotKnown, DraftGone."""
    report = command.report_id
    draft = await ports.report_files.begin(report)
    if draft is None:
        return
    try:
        async with ports.figures.rows(report, command.question, patience=PATIENCE) as found:
            file = await _written(command, _Draft(draft, ports.report_files), found)
    except _TooLarge:
        await fail_report_for_good(FailReport(report_id=report, cause=FailureReason.TOO_LARGE), ports)
        return
    await ports.submit(RecordReport(report_id=report, file=file), "record")
    await ports.report_files.discard(report)


async def fail_report_for_good(command: FailReport, ports: EffectPorts) -> None:
    """What was written goes with it. A refusal is no fault: the report is over."""
    await ports.submit(command, "fail")
    await ports.report_files.discard(command.report_id)


async def expire_report_file(command: ExpireReport, ports: EffectPorts) -> None:
    """First nobody is given it any more, then it is thrown away."""
    await ports.submit(command, "expire")
    await ports.report_files.discard(command.report_id)


async def _written(command: ProduceReport, draft: "_Draft", found: AsyncIterator[Sequence[Row]]) -> ReportFile:
    form = form_of(command.file_format, COLUMNS[command.question.kind])
    await draft.put(form.opening())
    async for rows in found:
        await draft.put(form.rows(rows, first=draft.rows == 0), rows=len(rows))
    await draft.put(form.closing())
    return await draft.end()


class _Draft:
    """Collects bytes and hands them on in parts of about one size."""

    def __init__(self, file_id: ReportFileId, files: ReportFiles) -> None:
        self.rows = 0
        self._file_id = file_id
        self._files = files
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self._size = 0
        self._parts = 0

    async def put(self, data: bytes, *, rows: int = 0) -> None:
        """Raises _TooLarge, DraftGone."""
        self.rows += rows
        self._size += len(data)
        if self.rows > MOST_ROWS or self._size > MOST_BYTES:
            raise _TooLarge
        self._digest.update(data)
        self._waiting += data
        if len(self._waiting) >= PART:
            await self._hand_on()

    async def end(self) -> ReportFile:
        """What was written, all of it handed on."""
        if self._waiting:
            await self._hand_on()
        return ReportFile(file_id=self._file_id, rows=self.rows, size=self._size, digest=self._digest.hexdigest())

    async def _hand_on(self) -> None:
        self._parts += 1
        data, self._waiting = bytes(self._waiting), bytearray()
        await self._files.add(self._file_id, number=self._parts, data=data, rows=self.rows)
