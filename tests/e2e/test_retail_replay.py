"""The loader plays a file of orders into a running shop, and a script that shares no code with it finds them there."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.caller import Caller, demo
from tests.support.modes import Mode
from tests.support.system import System, eventually

ROOT = Path(__file__).parents[2]
COLUMNS = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
LINES = [
    ("1", "85123A", "WHITE HEART", "6", "2.55", "17850"),
    ("1", "85123A", "white heart, again", "2", "2.55", "17850"),
    ("1", "85123A", "WHITE HEART", "1", "2.95", "17850"),
    ("1", "POST", "POSTAGE", "1", "18", "17850"),
    ("2", "22960", "", "4", "4.25", "17850"),
    ("3", "22960", "JAM SET", "2880", "0.1", ""),
    ("4", "22960", "JAM SET", "3", "4.25", ""),
    ("5", "D", "Discount", "-1", "27.50", "14527"),
    ("6", "22139", "", "56", "0", ""),
    ("C7", "22960", "JAM SET", "-4", "4.25", "17850"),
    ("C7", "85123A", "WHITE HEART", "-5", "2.55", "17850"),
    ("C7", "85123A", "WHITE HEART", "-5", "2.55", "17850"),
    ("C8", "22960", "JAM SET", "-1", "4.25", "99"),
]


@pytest.fixture(scope="module")
def british(mode: Mode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A British one, without taxes."""
    settings = {"STORE_CURRENCY": "GBP", "TAX_RATE": "0", **mode.environment()}
    with System(tmp_path_factory.mktemp("retail"), environment=settings) as system:
        yield system


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for invoice, code, name, quantity, price, customer in LINES:
            writer.writerow((invoice, code, name, quantity, "1/12/2010", price, customer, "United Kingdom"))
    return path


def run(script: str, orders: Path, shop: System) -> "subprocess.CompletedProcess[str]":
    command = (sys.executable, "-m", f"benchmarks.{script}", str(orders), "--url", shop.url)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_what_was_played_is_what_the_read_models_tell(british: System, orders: Path) -> None:
    for _ in ("once", "and again, as after a crash"):
        played = run("replay_retail", orders, british)
        assert played.returncode == 0, played.stdout + played.stderr
        assert "7 rows are sales, 359.10 in 4 invoices of 3 buyers" in played.stdout.replace("\n", " ")
        told = run("retail_truth", orders, british)
        assert told.returncode == 0, told.stdout + told.stderr
        assert "Equal to the penny." in told.stdout


def test_a_single_penny_less_would_be_found_out(british: System, orders: Path) -> None:
    played = run("replay_retail", orders, british)
    assert played.returncode == 0, played.stdout + played.stderr
    with demo(british.url, "admin") as admin:
        paid = next(each for each in admin.get("/orders?limit=100").expect(200)["items"] if each["totalAmount"] > 200)
        refund_one_penny(admin, f"/payments/{paid['paymentId']}")
    told = run("retail_truth", orders, british)
    assert told.returncode == 1
    assert "refunded of invoice-3: 0 in the file, 1 in the read models" in told.stdout


def refund_one_penny(admin: Caller, path: str) -> None:
    admin.post(f"{path}/refunds", {"amount": Decimal("0.01"), "reason": "A slip."}).expect(201)
    eventually("the refund", lambda: admin.get(path).expect(200)["refunded"] == Decimal("0.01"))
