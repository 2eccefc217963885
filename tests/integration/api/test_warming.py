"""What clients ask for first is rendered before they can ask; and kept for no longer than it is true."""

from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api import warming
from api.answers import Answer
from api.app import Tillstream, create_app
from api.cache import AnswerCache
from tests.support.loops import FixedClock
from tests.support.web import Web, settings


def scope(path: str) -> dict[str, Any]:
    return {"method": "GET", "path": path, "query_string": b""}


async def started_anew(shop: Web) -> tuple[Tillstream, list[str]]:
    """Another application over the same services, and what it keeps before anybody asked."""
    app = create_app(settings=shop.services.settings, services=nullcontext(shop.services))
    async with app.router.lifespan_context(app):
        return app, [path for path, _ in app.running().cache._kept]


async def test_the_first_page_and_its_products_are_there_from_the_start(shop: Web) -> None:
    seller = await shop.login("seller")
    products = [await shop.product(seller) for _ in range(3)]
    await shop.send("GET", "/api/v1/products")
    _, kept = await started_anew(shop)
    assert {"/api/v1/products", *(f"/api/v1/products/{each}" for each in products)} <= {*kept}


async def test_what_was_warmed_is_what_is_answered(shop: Web) -> None:
    seller = await shop.login("seller")
    product = await shop.product(seller)
    await shop.send("GET", "/api/v1/products")
    app, _ = await started_anew(shop)
    kept = app.running().cache.find(scope(f"/api/v1/products/{product}"), {})
    assert kept is not None
    asked = await shop.http.get(f"/api/v1/products/{product}")
    assert kept[0].body == asked.content


async def test_a_shop_that_cannot_be_warmed_starts_cold(shop: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> bytes:
        raise OSError("no")

    monkeypatch.setattr(warming, "_asked", broken)
    _, kept = await started_anew(shop)
    assert kept == []


async def test_contexts_without_a_catalogue_warm_nothing(shop: Web, database: str, tmp_path: Path) -> None:
    only = settings(database, tmp_path, API_CONTEXTS="accounts")
    app = create_app(settings=only, services=nullcontext(shop.services))
    async with app.router.lifespan_context(app):
        assert not app.running().cache._kept


@pytest.mark.parametrize(("after", "found"), [(-1, True), (0, False), (1, False)])
async def test_an_answer_is_not_given_beyond_the_instant_at_which_it_changes_by_itself(
    shop: Web, after: int, found: bool
) -> None:
    clock = FixedClock()
    boundary = clock.now()
    cache = AnswerCache(shop.services.positions, clock)
    answer = Answer(200, b"{}")
    answer.until = boundary
    cache.keep(scope("/x"), {}, answer, "/x", cache.mark({}))
    clock.time = boundary + timedelta(seconds=after)
    assert (cache.find(scope("/x"), {}) is not None) is found
