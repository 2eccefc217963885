"""`till admin create` makes the admin with whom everything begins."""

import base64
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from infrastructure.cli.main import app


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
    return database


def created(email: str, password: str = "correct horse", name: str = "Grace") -> Result:
    return CliRunner().invoke(
        app, ["admin", "create", "--email", email, "--name", name], input=f"{password}\n{password}\n"
    )


def test_an_admin_is_made_once(shop: str) -> None:
    assert created("grace@example.com").exit_code == 0
    again = created("GRACE@example.com")
    assert (again.exit_code, "email address" in again.output) == (1, True)
    with psycopg.connect(shop) as conn:
        rows = conn.execute(
            "SELECT data ->> 'role', actor FROM till.event_log WHERE type LIKE '%registered'"
        ).fetchall()
    assert rows == [("admin", "system:till admin")]


def test_what_cannot_log_in_is_not_made(shop: str) -> None:
    for result in (created("not an address"), created("a@example.com", "short"), created("a@example.com", name=" ")):
        assert result.exit_code == 1
    with psycopg.connect(shop) as conn:
        assert conn.execute("SELECT count(*) FROM till.stored_events").fetchone() == (0,)
