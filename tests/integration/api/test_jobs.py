"""Jobs over the admin API: seen, carried out again, withdrawn, and on record with who did it."""

import asyncio
from typing import Any

import psycopg
import pytest

from infrastructure.bootstrap.worker import executing
from infrastructure.clock import SystemClock
from tests.support.waiting import until
from tests.support.web import Web

JOBS = "/api/v1/admin/jobs"


async def found(shop: Web, by: str, **query: str) -> list[dict[str, Any]]:
    answer = await shop.send("GET", JOBS + "?" + "&".join(f"{name}={each}" for name, each in query.items()), by=by)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def a_mail(shop: Web, admin: str, database: str, status: str) -> dict[str, Any]:
    """The job of a mail, as it would be after an executor was at it."""
    await shop.login()
    (job,) = await until(lambda: found(shop, admin, process="account-mails"), lambda each: len(each) == 1)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE account_mails_v1.due SET status = %s, attempts = 1", (status,))
    return job


async def test_jobs_are_listed_with_what_they_are_about(shop: Web) -> None:
    admin, buyer = await shop.admin(), await shop.login()
    order = await shop.order(buyer, await shop.product(await shop.login("seller")))
    about = {"orderId": order["orderId"]}
    (job,) = await until(lambda: found(shop, admin, process="unpaid-orders"), lambda each: len(each) == 1)
    assert (job["name"], job["status"], job["about"]) == ("ordering.expire-order", "scheduled", about)
    assert (job["subject"], job["step"], job["dueAt"]) == (order["orderId"], "expire", order["payBefore"])
    one = await shop.send("GET", f"{JOBS}/{job['id']}", by=admin)
    assert (one.json()["outcome"], one.headers["etag"]) == (None, '"1"')
    assert await found(shop, admin, status="dead") == []
    assert await found(shop, admin, name="ordering.expire-order", status="scheduled") == [job]


async def test_pages_go_on_by_number_and_by_cursor(shop: Web) -> None:
    admin = await shop.admin()
    for _ in range(3):
        await shop.login()
    await until(lambda: found(shop, admin), lambda each: len(each) == 3)
    first = (await shop.send("GET", f"{JOBS}?limit=2", by=admin)).json()
    assert (first["total"], first["pages"], first["page"]) == (3, 2, 1)
    by_number = (await shop.send("GET", f"{JOBS}?limit=2&page=2", by=admin)).json()
    by_cursor = (await shop.send("GET", f"{JOBS}?limit=2&cursor={first['nextCursor']}", by=admin)).json()
    assert by_number["items"] == by_cursor["items"]
    assert (len(by_cursor["items"]), by_cursor["nextCursor"]) == (1, None)
    other_way = await shop.send("GET", f"{JOBS}?sort=dueAt&cursor={first['nextCursor']}", by=admin)
    assert other_way.status_code == 422


@pytest.mark.parametrize("query", ["status=lost", "name=nothing.at-all", "process=nobody", "sort=name", "cursor=x"])
async def test_what_there_is_not_is_no_filter(shop: Web, query: str) -> None:
    answer = await shop.send("GET", f"{JOBS}?{query}", by=await shop.admin())
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")


async def test_a_dead_job_is_carried_out_again_and_the_record_says_who_said_so(shop: Web, database: str) -> None:
    admin = await shop.admin()
    job = await a_mail(shop, admin, database, "dead")
    path = f"{JOBS}/{job['id']}/retry"
    asked = await shop.send("POST", path, by=admin, Idempotency_Key="once")
    assert (asked.status_code, asked.json()["status"], asked.json()["attempts"]) == (200, "scheduled", 0)
    settings = shop.services.settings
    async with executing(settings, database, clock=SystemClock(), process="tests") as executor:
        assert await executor.run_due() == 1
    again = await shop.send("POST", path, by=admin, Idempotency_Key="once")
    assert (again.content, again.headers["idempotent-replayed"]) == (asked.content, "true")
    refused = await shop.send("POST", path, by=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "job-over")
    me = (await shop.send("GET", "/api/v1/users/me", by=admin)).json()["id"]
    (audited,) = (await shop.send("GET", "/api/v1/admin/audit?command=operations.retry-job", by=admin)).json()["items"]
    assert (audited["actor"], audited["outcome"]) == (f"account:{me}", "done")


async def test_a_mail_is_withdrawn_once_and_a_running_one_not(shop: Web, database: str) -> None:
    admin = await shop.admin()
    job = await a_mail(shop, admin, database, "running")
    path = f"{JOBS}/{job['id']}"
    for method, target in (("DELETE", path), ("POST", f"{path}/retry")):
        refused = await shop.send(method, target, by=admin)
        assert (refused.status_code, refused.json()["code"]) == (409, "job-running")
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE account_mails_v1.due SET status = 'dead'")
    assert (await shop.send("DELETE", path, by=admin, If_Match='"9"')).status_code == 412
    ends = await asyncio.gather(*(shop.send("DELETE", path, by=admin) for _ in range(4)))
    assert sorted(end.status_code for end in ends) == [204, 409, 409, 409]
    assert (await shop.send("GET", path, by=admin)).json()["status"] == "withdrawn"


async def test_what_is_owed_stays(shop: Web, database: str) -> None:
    admin, buyer = await shop.admin(), await shop.login()
    order = await shop.order(buyer, await shop.product(await shop.login("seller")))
    form = {"orderId": order["orderId"], "method": "UPI"}
    paid = (await shop.send("POST", "/api/v1/payments", form, by=buyer)).json()
    cancelled = await shop.send("POST", f"/api/v1/orders/{order['orderId']}/cancel", {"reason": "No."}, by=buyer)
    assert cancelled.status_code == 200, cancelled.text
    (job,) = await until(lambda: found(shop, admin, process="refunds"), lambda each: len(each) == 1)
    assert job["about"]["paymentId"] == paid["paymentId"]
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE refunds_v1.due SET status = 'dead'")
    refused = await shop.send("DELETE", f"{JOBS}/{job['id']}", by=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "job-not-withdrawable")
    assert "owed" in refused.json()["detail"]
    assert [each["id"] for each in await found(shop, admin, status="dead")] == [job["id"]]


async def test_jobs_are_for_admins_as_the_log_has_them(shop: Web, database: str) -> None:
    admin, other = await shop.admin(), await shop.admin()
    job = await a_mail(shop, admin, database, "dead")
    me = (await shop.send("GET", "/api/v1/users/me", by=other)).json()
    form = {"email": me["email"], "name": me["name"], "role": "buyer"}
    demoted = await shop.send("PUT", f"/api/v1/users/{me['id']}", form, by=admin)
    assert demoted.status_code == 200, demoted.text
    buyer = await shop.login()
    for token in (other, buyer):
        for method, target in (("GET", ""), ("GET", f"/{job['id']}"), ("POST", f"/{job['id']}/retry")):
            assert (await shop.send(method, JOBS + target, by=token)).status_code == 403
        assert (await shop.send("DELETE", f"{JOBS}/{job['id']}", by=token)).status_code == 403
    assert (await shop.send("GET", JOBS)).status_code == 401
