"""A shop per test, over a database of its own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.postgres import FURNISHED, TestServer
from tests.support.redis_server import RedisServer
from tests.support.web import Web, web


@pytest.fixture
def database(postgres: TestServer) -> Iterator[str]:
    """The connection string of a fresh database in which a shop can begin at once."""
    with postgres.fresh(template=FURNISHED) as conninfo:
        yield conninfo


@pytest.fixture
async def shop(database: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with web(database, tmp_path) as running:
        yield running


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as server:
        yield server
