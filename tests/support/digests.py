"""What a schema's tables hold, in a few characters: equal digests mean equal rows, in whatever order they lie."""

from collections.abc import Collection

import psycopg
from psycopg import sql

_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s ORDER BY table_name"
_DIGEST = """
SELECT count(*), coalesce(md5(string_agg(md5(row), '' ORDER BY row COLLATE "C")), '')
  FROM (SELECT (to_jsonb(t) - %s::text[])::text AS row FROM {table} AS t) AS rows
"""


def digests(conninfo: str, schema: str, *, ignoring: Collection[str] = ()) -> dict[str, tuple[int, str]]:
    """Rows and digest by table; tracking is kept elsewhere. `ignoring`: columns that do not follow from the log."""
    with psycopg.connect(conninfo) as conn:
        found = {}
        for (table,) in conn.execute(_TABLES, (schema,)).fetchall():
            query = sql.SQL(_DIGEST).format(table=sql.Identifier(schema, table))
            row = conn.execute(query, (list(ignoring),)).fetchone()
            assert row is not None
            found[table] = (row[0], row[1])
        assert found, f"there is no schema {schema}"
        return found
