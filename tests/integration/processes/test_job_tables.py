"""Due rows of before there were jobs are jobs after the migration, in the shape that new tables have."""

from typing import Any
from uuid import uuid4

import psycopg

from infrastructure.postgres.migrate import migrate, migrations
from infrastructure.processes import due_rows
from tests.support.times import NOON

NUMBER = 15
_BEFORE = """
CREATE SCHEMA refunds_v1;
CREATE TABLE refunds_v1.due (
    id          uuid PRIMARY KEY,
    instance    uuid NOT NULL,
    step        text NOT NULL,
    name        text NOT NULL,
    body        bytea NOT NULL,
    cause       uuid,
    due_at      timestamptz NOT NULL,
    status      text NOT NULL CHECK (status IN ('scheduled', 'running', 'done', 'refused', 'dead', 'withdrawn')),
    attempts    integer NOT NULL DEFAULT 0,
    lease_until timestamptz,
    token       bigint NOT NULL DEFAULT 0,
    last_error  text,
    finished_at timestamptz
);
CREATE INDEX due_by_time ON refunds_v1.due (due_at) WHERE status IN ('scheduled', 'running');
CREATE INDEX due_by_step ON refunds_v1.due (instance, step);
INSERT INTO till.projection_instance VALUES ('refunds_v1', 'refunds', 1, 1, 'fed', '2026-11-21');
"""
_COMMAND = """
INSERT INTO till.commands (id, name, actor, correlation_id, fingerprint, outcome, answer, recorded_at)
VALUES (%s, 'x', 'anonymous', %s, '', 'done', '', %s)
"""
_DUE = "INSERT INTO refunds_v1.due VALUES (%s, %s, 'send', 'x', '{}', %s, 'epoch', 'scheduled')"


def shape(conn: psycopg.Connection[Any], schema: str) -> tuple[set[tuple[Any, ...]], set[str]]:
    """Columns with their kinds, and indexes; what stands in for a value that was not kept aside."""
    columns = conn.execute(
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = %s", (schema,)
    )
    indexes = conn.execute("SELECT replace(indexdef, schemaname, '') FROM pg_indexes WHERE schemaname = %s", (schema,))
    return set(columns.fetchall()), {text for (text,) in indexes.fetchall()}


def test_rows_of_before_are_jobs(empty_database: str) -> None:
    steps = migrations()
    migrate(empty_database, steps=[step for step in steps if step.number < NUMBER])
    cause = uuid4()
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(_BEFORE)
        conn.execute(_COMMAND, (cause, cause, NOON))
        conn.execute(_DUE, (uuid4(), uuid4(), cause))
        migrate(empty_database, steps=steps)
        conn.execute("CREATE SCHEMA new_v1")
        conn.execute(due_rows.DDL.format(schema="new_v1"))
        assert shape(conn, "refunds_v1") == shape(conn, "new_v1")
        rows = conn.execute("SELECT asked_at, changed_at, version, rounds FROM refunds_v1.due").fetchall()
    assert rows == [(NOON, NOON, 1, 0)]
