"""`till jobs`: an operator sees what was given up, decides about it, and is on record with it."""

import base64
import getpass
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from application.effects.mail import SendMail
from application.effects.payments import SendRefund
from infrastructure.cli.main import app
from infrastructure.processes import due_rows

_QUEUES = (
    "INSERT INTO till.projection_instance VALUES ('{0}_v1', '{0}', 1, 1, 'fed', now());"
    "INSERT INTO till.projection VALUES ('{0}', '{0}_v1'); CREATE SCHEMA {0}_v1;"
)
_DEAD = """
INSERT INTO {0}_v1.due (id, instance, step, name, body, asked_at, due_at, status, attempts, last_error, changed_at)
VALUES (%s, gen_random_uuid(), 'send', %s, '{{}}', now(), now(), 'dead', 10, '[boom]', now())
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
        "COLUMNS": "240",
    }.items():
        monkeypatch.setenv(name, value)
    return database


def given_up(database: str, queue: str, name: str) -> UUID:
    job = uuid4()
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(_QUEUES.format(queue) + due_rows.DDL.format(schema=f"{queue}_v1"))
        conn.execute(_DEAD.format(queue), (job, name))
    return job


def status(database: str, queue: str) -> str:
    with psycopg.connect(database) as conn:
        return str(conn.execute(f"SELECT status FROM {queue}_v1.due").fetchall()[0][0])


def till(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["jobs", *map(str, arguments)])


def test_what_was_given_up_is_shown_and_carried_out_again(shop: str) -> None:
    job = given_up(shop, "refunds", SendRefund.name)
    listed = till("list", "--status", "dead")
    assert listed.exit_code == 0, listed.output
    shown = till("show", job)
    assert shown.exit_code == 0, shown.output
    asked = till("retry", job)
    assert (asked.exit_code, status(shop, "refunds")) == (0, "scheduled"), asked.output
    with psycopg.connect(shop) as conn:
        acts = conn.execute("SELECT name, actor FROM till.commands").fetchall()
    assert acts == [("operations.retry-job", f"system:till jobs, {getpass.getuser()}")]


def test_what_nobody_is_owed_is_withdrawn_and_the_rest_refused(shop: str) -> None:
    refund, mail = given_up(shop, "refunds", SendRefund.name), given_up(shop, "account_mails", SendMail.name)
    both = till("delete", refund, mail)
    assert both.exit_code == 1
    assert (status(shop, "refunds"), status(shop, "account_mails")) == ("dead", "withdrawn")
    assert till("retry", mail).exit_code == 1
    assert till("show", uuid4()).exit_code == 1
    assert till("list", "--process", "nobody").exit_code == 2
