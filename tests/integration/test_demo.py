"""The demo shop: everything that can happen in a shop has happened there, its money adds up, and it is put in once."""

import asyncio
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from domain.shared.money import Money
from infrastructure.demo.desk import SeedRefused
from infrastructure.demo.seed import demo
from infrastructure.demo.shop import price_of
from tests.support.accounts import BUYER
from tests.support.demo import CutOff, appended, cheap_seeding, cut_off, happened, open_for_a_while, seeded
from tests.support.loops import rows
from tests.support.postgres import TestServer
from tests.support.shop import registration

RECENT = "SELECT min(recorded_at) > now() - interval '1 hour' FROM till.event_log"


async def test_seeding_again_appends_nothing_whether_or_not_the_shop_was_open(database: str, tmp_path: Path) -> None:
    first = await seeded(database, tmp_path)
    before = appended(database)
    assert (first.added, first.left_out) == (first.total, ())
    assert (await seeded(database, tmp_path)).added == 0
    assert appended(database) == before
    await open_for_a_while(database, tmp_path)
    opened = appended(database)
    assert (await seeded(database, tmp_path)).added == 0
    assert appended(database) == opened


async def test_what_the_seed_has_left_to_the_worker_moves_no_money(database: str, tmp_path: Path) -> None:
    await seeded(database, tmp_path)
    before = happened(database)
    await open_for_a_while(database, tmp_path)
    assert happened(database) == before


@pytest.mark.parametrize("after", [1, 25, 90, 190, 201, 260])
async def test_a_run_that_was_cut_off_is_gone_on_with(
    database: str, postgres: TestServer, tmp_path: Path, after: int
) -> None:
    with pytest.raises(CutOff):
        await cut_off(database, tmp_path, after=after)
    rest = await seeded(database, tmp_path)
    assert 0 < rest.added < rest.total
    assert rest.left_out == ()
    with postgres.fresh() as another:
        await seeded(another, tmp_path / "another")
        assert happened(database) == happened(another)


async def test_two_at_once_put_it_in_once(database: str, postgres: TestServer, tmp_path: Path) -> None:
    await asyncio.gather(seeded(database, tmp_path), seeded(database, tmp_path))
    with postgres.fresh() as another:
        await seeded(another, tmp_path / "another")
        assert happened(database) == happened(another)


async def test_a_shop_that_was_open_before_takes_what_it_can_take_now(database: str, tmp_path: Path) -> None:
    await seeded(database, tmp_path, trading=False)
    await open_for_a_while(database, tmp_path)
    later = await seeded(database, tmp_path)
    assert later.added > 150
    assert any("sale of BK-103" in each for each in later.left_out)
    assert rows(database, RECENT) == [(True,)]
    before = appended(database)
    assert (await seeded(database, tmp_path)).added == 0
    assert appended(database) == before


async def test_where_somebody_is_at_work_nothing_happens_in_the_past(database: str, tmp_path: Path) -> None:
    await open_for_a_while(database, tmp_path)
    assert (await seeded(database, tmp_path)).left_out != ()
    assert rows(database, RECENT) == [(True,)]


async def test_who_comes_to_work_meanwhile_waits_until_the_past_is_over(database: str, tmp_path: Path) -> None:
    working = list[asyncio.Task[None]]()

    def begin_work(done: int, total: int) -> None:
        if not working:
            working.append(asyncio.create_task(open_for_a_while(database, tmp_path)))

    async with cheap_seeding(database, tmp_path) as seeder:
        seed = await seeder.run(progress=begin_work)
    await working[0]
    assert (seed.added, seed.left_out) == (seed.total, ())


async def test_half_a_past_is_gone_on_with_though_the_shop_was_open_since(database: str, tmp_path: Path) -> None:
    with pytest.raises(CutOff):
        await cut_off(database, tmp_path, after=200)
    await open_for_a_while(database, tmp_path)
    assert (await seeded(database, tmp_path)).added > 0
    before = appended(database)
    assert (await seeded(database, tmp_path)).added == 0
    assert appended(database) == before


async def test_a_person_who_cannot_be_registered_ends_it(database: str, tmp_path: Path) -> None:
    async with cheap_seeding(database, tmp_path) as seeder:
        claim = seeder.desk.emails.claim_of("seller@till.example")
        other = replace(registration(BUYER), email_claim=claim)
        await seeder.desk.submit("another", other)
    with pytest.raises(SeedRefused, match=r"seller@till\.example"):
        await seeded(database, tmp_path)


def test_all_of_it_was_before_today_and_no_step_is_two() -> None:
    steps = list(demo(trading=True))
    assert [step.subject for step in steps if step.ago <= timedelta()] == []
    assert Counter(step.id for step in steps).most_common(1)[0][1] == 1


@pytest.mark.parametrize(
    ("currency", "price"),
    [("INR", Money(87_550, "INR")), ("GBP", Money(876, "GBP")), ("JPY", Money(9, "JPY"))],
)
def test_the_demo_has_believable_prices_in_any_currency(currency: str, price: Money) -> None:
    assert price_of(Decimal("875.50"), currency=currency) == price


async def test_it_is_whole_in_another_currency_with_taxes_in_the_prices(database: str, tmp_path: Path) -> None:
    settings = {"STORE_CURRENCY": "GBP", "TAX_INCLUSIVE": "true", "TAX_RATE": "0.2", "PAYMENT_WINDOW": "24h"}
    async with cheap_seeding(database, tmp_path, **settings) as seeder:
        assert (await seeder.run()).left_out == ()
