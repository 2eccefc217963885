"""Somebody is forgotten: before, what they said of themselves is where it has to be; afterwards it is nowhere."""

from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.shared.identifiers import AccountId
from infrastructure.bootstrap.worker import executing
from infrastructure.clock import SystemClock
from infrastructure.settings import Settings
from tests.support.lives import EMAIL, ME, NAME, SAID, Life, verified
from tests.support.traces import Trace, files, tables, traces
from tests.support.waiting import until
from tests.support.web import Web, assembled, settings


def places(database: str, home: Path, said: str) -> dict[str, bytes]:
    return {**tables(database), **files(home), "the log output": said.encode()}


async def test_who_is_deleted_leaves_no_trace(
    shop: Web, database: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(shop.services.settings, Settings)
    admin, life = await shop.admin(), Life(shop)
    async with executing(shop.services.settings, database, clock=SystemClock(), process="test") as executor:
        await life.begin()
        await verified(life)
        order = await life.buy()
        await life.err()
        await life.be_looked_for(admin)

        async def letters() -> set[str]:
            await executor.run_due()
            return {trace.said for trace in traces(files(tmp_path), SAID)}

        await until(letters, lambda said: {EMAIL, NAME} <= said)
        before = traces(places(database, tmp_path, _said(capfd)), SAID)
        assert {trace.place.partition("/")[0] for trace in before} == {"file outbox"}, before

        await life.send("POST", f"/api/v1/orders/{order['orderId']}/cancel", {"reason": "Changed my mind."})
        assert (await life.send("DELETE", ME)).status_code == 204
        await until(letters, lambda said: not said)
    await _as_forgotten(shop, admin, life, order)
    after = traces(places(database, tmp_path, _said(capfd)), SAID)
    assert after == set[Trace]()


async def _as_forgotten(shop: Web, admin: str, life: Life, order: dict[str, Any]) -> None:
    """Every read model shows nobody, and the money is what it was."""
    user = (await shop.send("GET", f"/api/v1/users/{life.id}", by=admin)).json()
    assert (user["status"], user["name"], user["email"], user["phone"]) == ("deleted", None, None, None)
    shown = (await shop.send("GET", f"/api/v1/orders/{order['orderId']}", by=admin)).json()
    assert (shown["shippingAddress"], shown["totalAmount"]) == (None, order["payableAmount"])
    (listed,) = (await shop.send("GET", "/api/v1/orders", by=admin)).json()["items"]
    assert (listed["shippingAddress"], listed["totalAmount"]) == (None, order["payableAmount"])
    for query in (EMAIL, "angstrom"):
        found = await shop.send("GET", f"/api/v1/users?q={query}", by=admin)
        assert found.json()["total"] == 0


async def test_another_process_forgets_at_once(shop: Web, database: str, tmp_path: Path) -> None:
    """Though it has just opened what is sealed, and keys are remembered for a minute."""
    admin, buyer = await shop.admin(), await shop.login()
    account = AccountId(UUID((await shop.send("GET", ME, by=buyer)).json()["id"]))
    async with assembled(settings(database, tmp_path), database) as other:
        standing = (await other.directory.standings([account]))[account]
        assert await other.vault.open(standing.name) == "Ada"
        assert (await shop.send("DELETE", f"/api/v1/users/{account}", by=admin)).status_code == 204
        await until(lambda: other.vault.open(standing.name), lambda name: name is None, seconds=2)


def _said(capfd: pytest.CaptureFixture[str]) -> str:
    captured = capfd.readouterr()
    return captured.out + captured.err


def test_forgetting_empties_every_table_that_knows_of_accounts_or_people(database: str) -> None:
    with psycopg.connect(database) as conn:
        rows = conn.execute(
            "SELECT DISTINCT table_name FROM information_schema.columns"
            " WHERE table_schema = 'till' AND column_name IN ('account_id', 'person_id')"
        ).fetchall()
        source = conn.execute("SELECT prosrc FROM pg_proc WHERE proname = 'write_forgotten'").fetchone()
    assert source is not None
    known = {name for (name,) in rows}
    assert known >= {"credential", "person_key", "refresh_token", "name_word", "api_key"}
    assert [name for name in sorted(known) if f"DELETE FROM till.{name} " not in source[0]] == []
