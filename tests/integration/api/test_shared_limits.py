"""Limits that are counted in Redis for all processes, and what becomes of them without it."""

from contextlib import aclosing
from pathlib import Path
from time import monotonic

import pytest

from api import counting
from api.counting import PATIENCE, SharedCounts
from api.limits import Limits
from api.problems import Problem
from tests.support.redis_server import RedisServer
from tests.support.waiting import until
from tests.support.web import Web, web

WINDOW = 900


async def guesses(limits: Limits) -> int:
    """How many tries at Ada's password are let through."""
    for tries in range(100):
        try:
            await limits.guess("ada")
        except Problem:
            return tries
    return 100


async def test_two_processes_count_together(redis_server: RedisServer) -> None:
    async with aclosing(SharedCounts(redis_server.url)) as one, aclosing(SharedCounts(redis_server.url)) as other:
        found = [await counts.hit("ada", seconds=WINDOW) for counts in (one, other, one)]
        assert [count for count, _ in found] == [1, 2, 3]
        assert max(ends for _, ends in found) - min(ends for _, ends in found) < 5
        assert (await other.hit("grace", seconds=WINDOW))[0] == 1
        assert one.health() == {"rate limits": "ok"}


async def test_a_window_ends_for_all(redis_server: RedisServer) -> None:
    async with aclosing(SharedCounts(redis_server.url)) as one, aclosing(SharedCounts(redis_server.url)) as other:
        await one.hit("ada", seconds=1)

        async def hit() -> int:
            return (await other.hit("ada", seconds=1))[0]

        assert await hit() == 2
        await until(hit, lambda count: count == 1)


async def test_without_redis_every_process_limits_by_itself(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "PAUSE", 0.0)
    one, other = (Limits(on=True, storage=redis_server.url) for _ in range(2))
    async with aclosing(one), aclosing(other):
        assert await guesses(one) == 10
        assert await guesses(other) == 0
        redis_server.kill()
        assert await guesses(one) == 10
        assert await guesses(other) == 10
        assert one.health() == {"rate limits": "counted by each process alone: ConnectionError"}
        redis_server.start()
        assert await guesses(one) == 10
        assert await guesses(other) == 0
        assert one.health() == other.health() == {"rate limits": "ok"}


async def test_a_redis_that_hangs_holds_up_one_request_and_no_more(redis_server: RedisServer) -> None:
    async with aclosing(SharedCounts(redis_server.url)) as counts:
        await counts.hit("ada", seconds=WINDOW)
        redis_server.hang()
        started = monotonic()
        assert (await counts.hit("ada", seconds=WINDOW))[0] == 1
        assert PATIENCE * 0.9 < monotonic() - started < PATIENCE * 3
        started = monotonic()
        assert [(await counts.hit("ada", seconds=WINDOW))[0] for _ in range(100)] == list(range(2, 102))
        assert monotonic() - started < PATIENCE
        redis_server.resume()


@pytest.mark.parametrize("break_it", [("hush", "wrong"), ("127.0.0.1", "no-such-host.invalid")])
async def test_what_is_not_right_about_redis_is_told_and_stops_nobody(
    redis_server: RedisServer, break_it: tuple[str, str]
) -> None:
    async with aclosing(SharedCounts(redis_server.url.replace(*break_it))) as counts:
        assert (await counts.hit("ada", seconds=WINDOW))[0] == 1
        assert "alone" in counts.health()["rate limits"]


async def login(shop: Web) -> int:
    form = {"email": "nobody@example.com", "password": "guess"}
    return (await shop.send("POST", "/api/v1/auth/login", form)).status_code


async def test_the_shop_says_that_it_is_degraded_and_goes_on(
    database: str, tmp_path: Path, redis_server: RedisServer
) -> None:
    async with web(database, tmp_path, RATE_LIMITS="on", RATE_LIMIT_STORAGE=redis_server.url) as shop:
        assert [await login(shop) for _ in range(11)] == [401] * 10 + [429]
        redis_server.kill()
        assert await login(shop) == 401
        ready = await shop.send("GET", "/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert "till_rate_limits_alone 1.0" in (await shop.send("GET", "/metrics")).text
