"""Files of reports in PostgreSQL: drafts in parts, and those that an append has published."""

from typing import Any

from psycopg.errors import ForeignKeyViolation

from application.ports.reports import DraftGone
from domain.shared.identifiers import ReportFileId, ReportId
from infrastructure.postgres.pools import Pool

_PUBLISHED = "SELECT 1 FROM till.report_file WHERE report_id = %s AND published"
_DISCARD = "DELETE FROM till.report_file WHERE report_id = %s AND NOT published"
_BEGIN = "INSERT INTO till.report_file (report_id) VALUES (%s) RETURNING id"
_ADD = "INSERT INTO till.report_part (file_id, number, data) VALUES (%s, %s, %b)"
_COUNT = "UPDATE till.report_file SET written = %s WHERE id = %s"
_PROGRESS = "SELECT max(written) FROM till.report_file WHERE report_id = %s AND NOT published"
_HAS = "SELECT 1 FROM till.report_file WHERE id = %s AND published"
_PART = """
SELECT p.data FROM till.report_part p JOIN till.report_file f ON f.id = p.file_id
 WHERE p.file_id = %s AND p.number = %s AND f.published
"""


class PostgresReportFiles:
    """Each call is a transaction of its own; `till.append` alone makes a draft a file."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, report: ReportId) -> ReportFileId | None:
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(_PUBLISHED, (report,))
            if await cursor.fetchone():
                return None
            await connection.execute(_DISCARD, (report,))
            cursor = await connection.execute(_BEGIN, (report,))
            return ReportFileId((await cursor.fetchall())[0][0])

    async def add(self, file: ReportFileId, *, number: int, data: bytes, rows: int) -> None:
        try:
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(_ADD, (file, number, data))
                await connection.execute(_COUNT, (rows, file))
        except ForeignKeyViolation as gone:
            raise DraftGone(str(file)) from gone

    async def discard(self, report: ReportId) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(_DISCARD, (report,))

    async def progress(self, report: ReportId) -> int | None:
        row = await self._first(_PROGRESS, report)
        return None if row is None else row[0]

    async def has(self, file: ReportFileId) -> bool:
        return await self._first(_HAS, file) is not None

    async def part(self, file: ReportFileId, number: int) -> bytes | None:
        row = await self._first(_PART, file, number)
        return None if row is None else bytes(row[0])

    async def _first(self, query: str, *values: object) -> tuple[Any, ...] | None:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(query, values)
            row: tuple[Any, ...] | None = await cursor.fetchone()
        return row
