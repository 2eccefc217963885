"""`till projections`: an operator decides about an event that stopped a slot, and is on record with it."""

import base64
import getpass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from infrastructure.cli.main import app

_STOPPED = """
INSERT INTO till.projection_instance VALUES ('catalogue_v1', 'catalogue', 1, 1, 'fed', now());
INSERT INTO till.tracking VALUES ('catalogue_v1', 'catalogue-3', 6, true);
INSERT INTO till.poison (schema_name, name, slot, position, stream, type, error, stopped_at, status)
VALUES ('catalogue_v1', 'catalogue', 'catalogue-3', 7, gen_random_uuid(), 'x', 'boom', now(), 'stopped')
"""


@pytest.fixture
def shop(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    given = conninfo_to_dict(database)
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATABASE_URL": f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}&port={given['port']}",
        "JWT_SECRET": "s" * 40,
        "PII_MASTER_KEY": base64.b64encode(b"k" * 32).decode(),
        "PAYMENT_GATEWAY": "simulated",
    }.items():
        monkeypatch.setenv(name, value)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(_STOPPED)
    return database


def decided(database: str) -> tuple[object, ...]:
    with psycopg.connect(database) as conn:
        row = conn.execute(
            "SELECT p.status, p.acted_by, t.position, t.stopped FROM till.poison p, till.tracking t"
        ).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize(("act", "status", "position"), [("retry", "retried", 6), ("skip", "skipped", 7)])
def test_the_slot_goes_on_as_decided(shop: str, act: str, status: str, position: int) -> None:
    result = CliRunner().invoke(app, ["projections", act, "catalogue", "--position", "7"])
    assert result.exit_code == 0, result.output
    assert decided(shop) == (status, f"operator:{getpass.getuser()}", position, False)


def test_where_nothing_stopped_there_is_nothing_to_decide(shop: str) -> None:
    result = CliRunner().invoke(app, ["projections", "skip", "catalogue", "--position", "8"])
    assert result.exit_code == 1
    assert decided(shop) == ("stopped", None, 6, True)
