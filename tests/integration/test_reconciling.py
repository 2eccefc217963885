"""`till reconcile` over a shop that has sold: the same books, and books that were tampered with."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from infrastructure.cli.main import app
from tests.support.web import SECRET, Web, web


@pytest.fixture
async def shop(database: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with web(database, tmp_path) as running:
        yield running


@pytest.fixture
def file(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    given = conninfo_to_dict(database)
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATABASE_URL": f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}&port={given['port']}",
        "JWT_SECRET": SECRET,
        "PII_MASTER_KEY": "A" * 43,
        "PAYMENT_GATEWAY": "simulated",
        "COLUMNS": "300",
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "export.csv"


def reconciled(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["reconcile", *arguments])


async def test_the_books_are_compared_with_the_log(shop: Web, file: Path, database: str) -> None:
    buyer, product = await shop.login(), await shop.product(await shop.login("seller"))
    for reference in ("txn_1", "txn_decline_1", "txn_timeout_1"):
        order = await shop.order(buyer, product)
        form = {"orderId": order["id"], "method": "UPI", "transactionId": reference}
        assert (await shop.send("POST", "/api/v1/payments", form, by=buyer)).status_code == 201
    assert reconciled("--export", str(file)).exit_code == 0
    assert reconciled("--export", str(file)).exit_code == 2
    lost = reconciled(str(file))
    assert (lost.exit_code, "1 movements in the log, 2 in the export, 1 differ" in lost.output) == (1, True), (
        lost.output
    )
    with psycopg.connect(database) as conn:
        conn.execute("DELETE FROM simulated_gateway.charge WHERE transaction_id <> 'txn_1'")
    same = file.with_name("same.csv")
    assert reconciled("--export", str(same)).exit_code == 0
    right = reconciled(str(same))
    assert (right.exit_code, "1 in the export, 0 differ" in right.output) == (0, True), right.output
    same.write_text(same.read_text() + f"charge,{uuid4()},pay_x,5,INR\n")
    stray = reconciled(str(same))
    assert (stray.exit_code, "never asked for" in stray.output) == (1, True), stray.output
    same.write_text("nonsense")
    assert reconciled(str(same)).exit_code == 2
