"""Two API processes that count in one Redis, over HTTP."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.support.program import Running
from tests.support.redis_server import RedisServer
from tests.support.system import TILL, answers, eventually, free_port

ANONYMOUS = 100
PATH = "/api/v1/products"


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def shops(database: str, tmp_path: Path, redis_server: RedisServer) -> Iterator[list[httpx.Client]]:
    """A client of each process."""
    with ExitStack() as stack:
        ports = [free_port() for _ in range(2)]
        for port in ports:
            environment = {
                "DATABASE_URL": database,
                "JWT_SECRET": "s" * 43,
                "PII_MASTER_KEY": "A" * 43,
                "PAYMENT_GATEWAY": "simulated",
                "PORT": str(port),
                "RATE_LIMIT_STORAGE": redis_server.url,
            }
            command = (*TILL, "api")
            stack.enter_context(Running(f"api-{port}", command, environment=environment, home=tmp_path))
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        for url in urls:
            eventually(f"{url} ready", partial(answers, f"{url}/health/ready"), seconds=60)
        yield [stack.enter_context(httpx.Client(base_url=url)) for url in urls]


def passed(shop: httpx.Client, requests: int) -> int:
    """How many are let through; nothing but a limit stops one."""
    statuses = [shop.get(PATH).status_code for _ in range(requests)]
    assert set(statuses) <= {200, 429}
    return statuses.count(200)


def test_they_share_a_limit_and_go_on_without_redis(shops: list[httpx.Client], redis_server: RedisServer) -> None:
    one, other = shops
    assert passed(one, 60) + passed(other, 60) == ANONYMOUS
    assert passed(one, 5) == passed(other, 5) == 0
    redis_server.kill()
    assert passed(one, 60) + passed(other, 60) == 120
    assert all(shop.get("/health/ready").json()["status"] == "degraded" for shop in shops)
