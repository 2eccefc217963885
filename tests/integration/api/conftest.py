"""A shop per test, over a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.web import Web, web


@pytest.fixture
async def shop(database: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with web(database, tmp_path) as running:
        yield running
