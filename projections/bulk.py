"""Many rows in one statement."""

from collections.abc import Iterable
from typing import Any

from psycopg.rows import tuple_row

from projections.projection import Connection


async def write(conn: Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Run a statement that unnests one array per column; no rows, no statement."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        await conn.execute(statement, columns, prepare=True)


async def read(conn: Connection, query: str, parameters: Any = (), *, prepare: bool = True) -> list[tuple[Any, ...]]:
    """All rows of a query, in binary form; by a prepared statement, where its text comes again."""
    cursor = conn.cursor(row_factory=tuple_row, binary=True)
    await cursor.execute(query, parameters, prepare=prepare)
    return await cursor.fetchall()
