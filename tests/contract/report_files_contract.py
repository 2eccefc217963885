"""What every place for the files of reports must do; each adapter's tests are this class with another `desk`."""

from typing import Protocol
from uuid import UUID

import pytest

from application.ports.reports import DraftGone, ReportFiles
from domain.shared.identifiers import ReportFileId, ReportId

REPORT, OTHER = ReportId(UUID(int=0x4E)), ReportId(UUID(int=0x4F))
NOWHERE = ReportFileId(UUID(int=0xF0))


class Desk(Protocol):
    """The port, and what the log's append does with its side rows."""

    @property
    def files(self) -> ReportFiles: ...

    async def publish(self, report: ReportId, file: ReportFileId) -> None:
        """Raises where the draft is gone."""

    async def retract(self, report: ReportId) -> None: ...


async def begun(desk: Desk, report: ReportId = REPORT, *parts: bytes) -> ReportFileId:
    file = await desk.files.begin(report)
    assert file is not None
    for number, data in enumerate(parts, start=1):
        await desk.files.add(file, number=number, data=data, rows=10 * number)
    return file


class ReportFilesContract:
    async def test_a_draft_is_nobodys_file_until_it_is_published(self, desk: Desk) -> None:
        file = await begun(desk, REPORT, b"one", bytes(range(256)) * 2_000)
        assert not await desk.files.has(file)
        assert await desk.files.part(file, 1) is None
        await desk.publish(REPORT, file)
        assert await desk.files.has(file)
        assert [await desk.files.part(file, number) for number in (1, 2, 3)] == [
            b"one",
            bytes(range(256)) * 2_000,
            None,
        ]

    async def test_progress_is_that_of_the_draft(self, desk: Desk) -> None:
        assert await desk.files.progress(REPORT) is None
        file = await begun(desk)
        assert await desk.files.progress(REPORT) == 0
        await desk.files.add(file, number=1, data=b"x", rows=1_000)
        assert await desk.files.progress(REPORT) == 1_000
        assert await desk.files.progress(OTHER) is None
        await desk.publish(REPORT, file)
        assert await desk.files.progress(REPORT) is None

    async def test_who_begins_anew_ends_what_was_begun(self, desk: Desk) -> None:
        slow = await begun(desk, REPORT, b"one")
        quick = await begun(desk, REPORT)
        assert slow != quick
        with pytest.raises(DraftGone):
            await desk.files.add(slow, number=2, data=b"two", rows=20)
        with pytest.raises(Exception, match="is gone"):
            await desk.publish(REPORT, slow)
        await desk.publish(REPORT, quick)

    async def test_what_has_its_file_is_not_begun_again(self, desk: Desk) -> None:
        file = await begun(desk, REPORT, b"one")
        await desk.publish(REPORT, file)
        assert await desk.files.begin(REPORT) is None
        assert await desk.files.begin(OTHER) is not None

    async def test_drafts_are_discarded_and_files_are_not(self, desk: Desk) -> None:
        file, other = await begun(desk, REPORT, b"one"), await begun(desk, OTHER, b"two")
        await desk.publish(REPORT, file)
        await desk.files.discard(REPORT)
        assert await desk.files.part(file, 1) == b"one"
        await desk.files.discard(OTHER)
        with pytest.raises(DraftGone):
            await desk.files.add(other, number=2, data=b"x", rows=20)

    async def test_what_was_retracted_is_gone_for_readers_at_once_and_then_for_good(self, desk: Desk) -> None:
        file = await begun(desk, REPORT, b"one")
        await desk.publish(REPORT, file)
        await desk.retract(REPORT)
        assert not await desk.files.has(file)
        assert await desk.files.part(file, 1) is None
        await desk.files.discard(REPORT)
        with pytest.raises(Exception, match="is gone"):
            await desk.publish(REPORT, file)

    async def test_nothing_is_written_where_nothing_was_begun(self, desk: Desk) -> None:
        with pytest.raises(DraftGone):
            await desk.files.add(NOWHERE, number=1, data=b"x", rows=1)
        assert not await desk.files.has(NOWHERE)
