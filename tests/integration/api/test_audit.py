"""The audit log over HTTP: every command, whoever asked for it, with what came of it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from projections.audit import AuditQuery, OutcomeKind, statement
from tests.support.times import NOON
from tests.support.web import Web

AUDIT = "/api/v1/admin/audit"


async def found(shop: Web, by: str, query: str) -> list[dict[str, Any]]:
    answer = await shop.send("GET", f"{AUDIT}?{query}", by=by)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_what_was_done_and_what_was_refused_is_on_record(shop: Web) -> None:
    admin, buyer = await shop.admin(), await shop.login()
    me = (await shop.send("GET", "/api/v1/users/me", by=buyer)).json()["id"]
    await shop.send("PATCH", "/api/v1/users/me", {"promotionsOptIn": True}, by=buyer)
    items = [{"productId": str(uuid4()), "quantity": 1}]
    await shop.send("POST", "/api/v1/orders", {"items": items}, by=buyer, Idempotency_Key="refused")
    newest, edit, *_ = await found(shop, admin, f"actor={me}")
    assert (newest["command"], newest["outcome"], newest["firstPosition"]) == ("ordering.checkout", "refused", None)
    assert newest["code"] is not None
    assert (edit["command"], edit["outcome"], edit["code"]) == ("accounts.edit-profile", "done", None)
    assert (edit["actor"], edit["lastPosition"] >= edit["firstPosition"]) == (f"account:{me}", True)
    assert await found(shop, admin, f"actor={me}&command=accounts.edit-profile") == [edit]
    assert await found(shop, admin, f"actor=account:{me}&outcome=refused") == [newest]
    assert await found(shop, admin, f"from={edit['at']}&to={newest['at']}&actor={me}".replace("+", "%2B")) == [edit]
    assert await found(shop, admin, "actor=nobody") == []


async def test_the_log_goes_on_behind_its_cursor(shop: Web) -> None:
    admin = await shop.admin()
    for _ in range(2):
        await shop.login()
    seen, cursor = [], ""
    while True:
        page = (await shop.send("GET", f"{AUDIT}?limit=2{cursor}", by=admin)).json()
        seen += [each["id"] for each in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert seen == [each["id"] for each in await found(shop, admin, "limit=100")]
    assert len(seen) == len(set(seen)) >= 6


async def test_the_audit_log_is_for_admins(shop: Web) -> None:
    for role in ("buyer", "seller"):
        assert (await shop.send("GET", AUDIT, by=await shop.login(role))).status_code == 403
    admin = await shop.admin()
    for query in ("outcome=maybe", "from=yesterday", "cursor=x", "page=1", "limit=0", "actor="):
        assert (await shop.send("GET", f"{AUDIT}?{query}", by=admin)).status_code == 422, query


_MANY = """
INSERT INTO till.commands
SELECT gen_random_uuid(), 'orders.command-' || n % 50,
       CASE WHEN n % 2 = 0 THEN 'system:seed' ELSE 'account:' || n % 5000 END,
       gen_random_uuid(), NULL, '', CASE WHEN n % 500 = 0 THEN 'refused' ELSE 'done' END, '{}', n, n,
       timestamptz '2026-11-21 12:00+00' + n * interval '1 second'
  FROM generate_series(1, 100000) AS n;
ANALYZE till.commands
"""


@pytest.mark.parametrize(
    "query",
    [
        AuditQuery(),
        AuditQuery(actor="account:17"),
        AuditQuery(actor="system:seed"),
        AuditQuery(command="orders.command-7"),
        AuditQuery(outcome=OutcomeKind.REFUSED),
        AuditQuery(since=NOON, until=NOON + timedelta(hours=1)),
        AuditQuery(after=(NOON + timedelta(hours=1), uuid4())),
        AuditQuery(command="orders.command-7", outcome=OutcomeKind.REFUSED),
    ],
    ids=str,
)
def test_every_filter_is_served_by_an_index(database: str, query: AuditQuery) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(_MANY)
        text, values = statement(query)
        text = text.replace(")b", ")s")
        plan = "\n".join(row[0] for row in conn.execute(f"EXPLAIN (ANALYZE, BUFFERS OFF) {text}", values))
    assert "Seq Scan" not in plan, plan
    removed = sum(int(line.split(":")[1]) for line in plan.splitlines() if "Rows Removed" in line)
    assert removed < 2_000, plan
