"""Migrations run once each, in order, whoever calls, and only forwards."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from infrastructure.postgres.migrate import Migration, MigrationRefused, migrate, migrations, pending

FIRST = Migration(1, "first", "CREATE SCHEMA till; CREATE TABLE till.first (id int)")
SECOND = Migration(2, "second", "CREATE TABLE till.second (id int); INSERT INTO till.second VALUES (1)")
THIRD = Migration(3, "third", "CREATE TABLE till.third (id int)")
BROKEN = Migration(2, "broken", "CREATE TABLE till.half (id int); SELECT 1 / 0")


def tables(conninfo: str) -> set[str]:
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'till'").fetchall()
    return {name for (name,) in rows}


def test_the_shipped_migrations_apply_once(empty_database: str) -> None:
    assert pending(empty_database) == migrations()
    assert migrate(empty_database) == migrations()
    assert migrate(empty_database) == ()
    assert pending(empty_database) == ()


def test_eight_callers_at_once_apply_each_migration_once(empty_database: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        applied = list(pool.map(lambda _: migrate(empty_database, steps=[FIRST, SECOND]), range(8)))
    assert sorted(map(len, applied)) == [0] * 7 + [2]


def test_a_migration_that_fails_leaves_nothing_of_itself_and_keeps_the_earlier(empty_database: str) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(empty_database, steps=[FIRST, BROKEN])
    assert tables(empty_database) == {"migration", "first"}
    assert migrate(empty_database, steps=[FIRST, SECOND]) == (SECOND,)


def test_a_database_ahead_of_the_code_is_refused(empty_database: str) -> None:
    migrate(empty_database, steps=[FIRST, SECOND])
    with pytest.raises(MigrationRefused, match="0002_second, which this version does not know"):
        migrate(empty_database, steps=[FIRST])


def test_a_migration_cannot_be_slipped_in_behind_one_that_was_applied(empty_database: str) -> None:
    migrate(empty_database, steps=[FIRST, THIRD])
    with pytest.raises(MigrationRefused, match="0002 is older"):
        migrate(empty_database, steps=[FIRST, SECOND, THIRD])
