"""Files of reports are kept alike in PostgreSQL and in the tests' memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from psycopg.types.json import Jsonb

from domain.shared.identifiers import ReportFileId, ReportId
from infrastructure.postgres.pools import Pool, open_pool
from infrastructure.reports.files import PostgresReportFiles
from tests.contract.report_files_contract import REPORT, Desk, ReportFilesContract, begun
from tests.support.fake_reports import FakeReportFiles


@dataclass
class FakeDesk:
    files: FakeReportFiles

    async def publish(self, report: ReportId, file: ReportFileId) -> None:
        del report
        self.files.publish(file)

    async def retract(self, report: ReportId) -> None:
        self.files.retract(report)


@dataclass
class PostgresDesk:
    files: PostgresReportFiles
    pool: Pool

    async def publish(self, report: ReportId, file: ReportFileId) -> None:
        await self._side_row("published_report_file", {"report_id": str(report), "file_id": str(file)})

    async def retract(self, report: ReportId) -> None:
        await self._side_row("retracted_report_file", {"report_id": str(report)})

    async def _side_row(self, table: str, row: dict[str, str]) -> None:
        async with self.pool.connection() as connection:
            await connection.execute("SELECT till.write_side_rows(%s)", (Jsonb({table: [row]}),))


class TestFakeReportFiles(ReportFilesContract):
    @pytest.fixture
    def desk(self) -> Desk:
        return FakeDesk(FakeReportFiles())


class TestPostgresReportFiles(ReportFilesContract):
    @pytest.fixture
    async def desk(self, database: str) -> AsyncIterator[PostgresDesk]:
        async with open_pool(database, process="test") as pool:
            yield PostgresDesk(PostgresReportFiles(pool), pool)

    async def test_nothing_is_left_of_what_was_thrown_away(self, desk: PostgresDesk) -> None:
        await begun(desk, REPORT, b"one", b"two")
        await desk.files.discard(REPORT)
        async with desk.pool.connection() as connection:
            cursor = await connection.execute("SELECT count(*) FROM till.report_part")
            assert await cursor.fetchone() == (0,)
