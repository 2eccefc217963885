"""The port that gives a report its rows, over the read models."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from time import monotonic

from application.ports.reports import FiguresNotKnown, Row
from domain.reporting.events import Question
from domain.shared.identifiers import ReportId
from infrastructure.postgres.pools import Pool
from projections.projection import Connection
from projections.report_figures import rows, sources

PACE = 0.02
"""Seconds between two looks at how far the read models are."""
_ONE_MOMENT = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL statement_timeout = '60s';
SET LOCAL idle_in_transaction_session_timeout = '60s'
"""
"""Whoever sorts a month of orders may take longer than a request; the executor bounds the whole."""


class PostgresFigures:
    """Looks again and again until the read models have got there, or time is up."""

    def __init__(self, pool: Pool, *, currency: str) -> None:
        self._pool = pool
        self._currency = currency

    @asynccontextmanager
    async def rows(
        self, report: ReportId, question: Question, *, patience: timedelta
    ) -> AsyncIterator[AsyncIterator[Sequence[Row]]]:
        deadline = monotonic() + patience.total_seconds()
        while True:
            async with self._moment() as connection:
                schemas = await sources(connection, report, question)
                if schemas is not None:
                    async with aclosing(rows(connection, question, schemas, currency=self._currency)) as found:
                        yield found
                    return
            if monotonic() >= deadline:
                raise FiguresNotKnown(str(report))
            await asyncio.sleep(PACE)

    @asynccontextmanager
    async def _moment(self) -> AsyncIterator[Connection]:
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_ONE_MOMENT)
            yield connection
