"""Read models on a fresh database."""

from collections.abc import AsyncIterator

import pytest

from tests.support.read_side import ReadSide, read_side_on


@pytest.fixture
async def shop(database: str) -> AsyncIterator[ReadSide]:
    async with read_side_on(database) as opened:
        yield opened
