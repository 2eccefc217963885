"""Reports over HTTP: asked for, produced by a worker, fetched, thrown away."""

import asyncio
import csv
import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import psycopg
import pytest

from application.ports.reports import COLUMNS
from domain.reporting.events import ReportKind
from tests.support.reporting import REPORTS, Ahead, ask, ended, job, produced, span, worker
from tests.support.waiting import until
from tests.support.web import Web


async def bought(shop: Web, *, name: str = "Kettle", quantity: int = 2) -> dict[str, Any]:
    """An order, paid."""
    product = await shop.product(await shop.login("seller"), name=name, price=100)
    buyer = await shop.login()
    order = await shop.order(buyer, product, quantity)
    form = {"orderId": order["orderId"], "method": "UPI"}
    assert (await shop.send("POST", "/api/v1/payments", form, by=buyer)).status_code == 201
    return order


def rows_of(content: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(content, parse_float=Decimal)
    return found


async def figures(shop: Web, kind: str, by: str) -> list[dict[str, Any]]:
    given = "&".join(f"{name}={moment}" for name, moment in span().items())
    limit = "&limit=100" if kind == "top-products" else ""
    answer = await shop.send("GET", f"/api/v1/admin/analytics/{kind}?{given}{limit}", by=by)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = json.loads(answer.content, parse_float=Decimal)["items"]
    return items


@pytest.mark.parametrize("kind", ["sales", "revenue", "orders", "top-products", "users"])
async def test_a_report_says_what_the_analytics_say(shop: Web, kind: str) -> None:
    admin = await shop.admin()
    await bought(shop)
    content = await produced(shop, admin, kind)
    currency = {"currency": "INR"} if "currency" in COLUMNS[ReportKind(kind)] else {}
    shown = [row | currency for row in await figures(shop, kind, admin)]
    assert rows_of(content) == shown
    assert len(shown) > 0
    table = list(csv.DictReader(StringIO((await produced(shop, admin, kind, file_format="csv")).decode())))
    assert [tuple(row) for row in table] == [COLUMNS[ReportKind(kind)]] * len(shown)
    assert [list(row.values()) for row in table] == [[as_csv(row[name]) for name in row] for row in shown]


def as_csv(value: object) -> str:
    return "" if value is None else str(value)


async def test_order_lines_are_one_row_each_and_no_formulas(shop: Web) -> None:
    admin = await shop.admin()
    order = await bought(shop, name="=HYPERLINK(1)", quantity=3)
    (row,) = rows_of(await produced(shop, admin, "order-lines"))
    assert tuple(row) == COLUMNS[ReportKind.ORDER_LINES]
    assert (row["orderId"], row["name"], row["quantity"], row["line"]) == (order["orderId"], "=HYPERLINK(1)", 3, 1)
    assert (row["priceAtPurchase"], row["tax"], row["total"]) == (
        Decimal("100.00"),
        Decimal("54.00"),
        Decimal("354.00"),
    )
    assert row["status"] == "processing"
    (line,) = csv.DictReader(StringIO((await produced(shop, admin, "order-lines", file_format="csv")).decode()))
    assert (line["name"], line["total"], line["currency"]) == ("'=HYPERLINK(1)", "354.00", "INR")


async def test_a_report_has_what_was_committed_before_it_was_asked_for(shop: Web, database: str) -> None:
    """Though the read model that it comes from is behind."""
    admin = await shop.admin()
    with psycopg.connect(database) as held:
        held.execute("SELECT 1 FROM till.tracking WHERE schema_name LIKE 'order_history%' FOR UPDATE")
        product = await shop.product(await shop.login("seller"))
        order = await shop.order(await shop.login(), product)
        asked = await ask(shop, admin, "order-lines")
        async with worker(shop) as executors:
            carrying_out = asyncio.create_task(until(executors.run_due, lambda done: done > 0))
            running = await until(lambda: job(shop, admin, asked["id"]), lambda seen: seen["status"] == "running")
            assert running["rows"] == 0
            held.rollback()
            await carrying_out
            done = await ended(shop, admin, asked["id"], executors)
    content = (await shop.send("GET", done["fileUrl"], by=admin)).content
    assert [row["orderId"] for row in rows_of(content)] == [order["orderId"]]


async def test_a_file_is_served_with_its_name_and_validator(shop: Web) -> None:
    admin = await shop.admin()
    asked = await ask(shop, admin, file_format="csv", **{"from": "2026-11-01", "to": "2026-11-03"})
    early = await shop.send("GET", f"{REPORTS}/{asked['id']}/file", by=admin)
    assert (early.status_code, early.json()["code"]) == (409, "report-not-ready")
    assert (asked["status"], asked["fileUrl"], asked["version"]) == ("requested", None, 1)
    async with worker(shop) as executors:
        done = await ended(shop, admin, asked["id"], executors)
    assert (done["rows"], done["error"], done["version"]) == (3, None, 2)
    whole = await shop.send("GET", done["fileUrl"], by=admin)
    digest = hashlib.sha256(whole.content).hexdigest()
    assert whole.headers["etag"] == f'"{digest}"'
    assert whole.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert whole.headers["content-disposition"] == 'attachment; filename="sales-2026-11-01-2026-11-03.csv"'
    assert whole.headers["cache-control"] == "private, no-cache"
    again = await shop.send("GET", done["fileUrl"], by=admin, If_None_Match=whole.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    head = await shop.send("HEAD", done["fileUrl"], by=admin)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(whole.content)))
    other = await shop.send("GET", done["fileUrl"], by=admin, Accept="application/json")
    assert (other.status_code, other.json()["code"]) == (406, "not-acceptable")


async def test_two_workers_produce_one_file(shop: Web, database: str) -> None:
    admin = await shop.admin()
    asked = await ask(shop, admin)
    async with worker(shop) as one, worker(shop) as other:
        await asyncio.gather(*(ended(shop, admin, asked["id"], each) for each in (one, other)))
    with psycopg.connect(database) as conn:
        assert conn.execute("SELECT published FROM till.report_file").fetchall() == [(True,)]


async def test_a_file_is_thrown_away_in_time_and_the_job_says_so(shop: Web, database: str) -> None:
    admin = await shop.admin()
    asked = await ask(shop, admin)
    async with worker(shop) as executors:
        done = await ended(shop, admin, asked["id"], executors)
    async with worker(shop, clock=Ahead(timedelta(days=29))) as executors:
        await executors.run_due()
    assert (await job(shop, admin, asked["id"]))["status"] == "done"
    async with worker(shop, clock=Ahead(timedelta(days=31))) as executors:
        gone = await ended(shop, admin, asked["id"], executors, status="expired")
    assert (gone["fileUrl"], gone["rows"], gone["expiresAt"]) == (None, done["rows"], done["expiresAt"])
    answer = await shop.send("GET", done["fileUrl"], by=admin)
    assert (answer.status_code, answer.json()["code"], answer.json()["title"]) == (410, "report-expired", "Gone")
    with psycopg.connect(database) as conn:
        assert conn.execute("SELECT count(*) FROM till.report_part").fetchone() == (0,)


async def test_a_report_that_nobody_produces_fails_in_the_end(shop: Web) -> None:
    admin = await shop.admin()
    asked = await ask(shop, admin)
    held = await psycopg.AsyncConnection.connect(shop.services.settings.database_url or "")
    await held.execute("SELECT 1 FROM till.tracking WHERE schema_name LIKE 'sales_v%' FOR UPDATE")
    await bought(shop)
    async with worker(shop, clock=Ahead(timedelta(hours=2))) as executors:
        failed = await ended(shop, admin, asked["id"], executors, status="failed")
    await held.close()
    assert (failed["error"], failed["rows"], failed["fileUrl"]) == ("not-in-time", None, None)
    answer = await shop.send("GET", f"{REPORTS}/{asked['id']}/file", by=admin)
    assert (answer.status_code, answer.json()["code"]) == (409, "report-failed")


async def test_the_same_key_asks_once(shop: Web) -> None:
    admin = await shop.admin()
    form = {"kind": "users", "format": "csv", **span()}
    answers = [await shop.send("POST", REPORTS, form, by=admin, Idempotency_Key="nightly") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replayed"] == "true"
    other = await shop.send("POST", REPORTS, {**form, "kind": "sales"}, by=admin, Idempotency_Key="nightly")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert (await shop.send("GET", REPORTS, by=admin)).json()["total"] == 1


async def test_reports_are_listed_newest_first(shop: Web) -> None:
    admin = await shop.admin()
    asked = [(await ask(shop, admin, kind))["id"] for kind in ("sales", "users", "orders")]
    first = (await shop.send("GET", f"{REPORTS}?limit=2", by=admin)).json()
    assert [each["id"] for each in first["items"]] == asked[:0:-1]
    assert (first["total"], first["pages"], first["items"][0]["kind"]) == (3, 2, "orders")
    rest = (await shop.send("GET", f"{REPORTS}?limit=2&cursor={first['nextCursor']}", by=admin)).json()
    assert ([each["id"] for each in rest["items"]], rest["nextCursor"]) == (asked[:1], None)
    assert (await shop.send("GET", f"{REPORTS}?cursor=x", by=admin)).status_code == 422


@pytest.mark.parametrize("role", ["buyer", "seller"])
async def test_reports_are_for_admins(shop: Web, role: str) -> None:
    admin, token = await shop.admin(), await shop.login(role)
    report = (await ask(shop, admin))["id"]
    for path in (REPORTS, f"{REPORTS}/{report}", f"{REPORTS}/{report}/file"):
        assert (await shop.send("GET", path, by=token)).status_code == 403
    form = {"kind": "sales", "format": "csv", **span()}
    assert (await shop.send("POST", REPORTS, form, by=token)).status_code == 403


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"kind": "secrets"}, "/kind"),
        ({"format": "xlsx"}, "/format"),
        ({"interval": "hour"}, "/interval"),
        ({"from": "2026-11-02", "to": "2026-11-02"}, "/from"),
        ({"from": "1990-01-01"}, "/interval"),
        ({"to": None}, "/to"),
    ],
)
async def test_what_makes_no_sense_is_told(shop: Web, changed: dict[str, Any], pointer: str) -> None:
    form = {"kind": "sales", "format": "csv", **span(), **changed}
    answer = await shop.send("POST", REPORTS, form, by=await shop.admin())
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
