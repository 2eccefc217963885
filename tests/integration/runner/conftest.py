"""Read models on a fresh database, and runners to feed them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from infrastructure.runner.runner import Connect, Runner
from projections.projection import Projection
from tests.support.journal import SLOTS
from tests.support.read_side import PROJECTIONS, ReadSide, read_side_on

Run = Callable[..., AbstractAsyncContextManager[Runner]]


@pytest.fixture
async def shop(database: str) -> AsyncIterator[ReadSide]:
    async with read_side_on(database) as opened:
        yield opened


@pytest.fixture
def running(shop: ReadSide) -> Run:
    """A runner for the length of the block; it ends cleanly, and in time."""

    @asynccontextmanager
    async def run(
        projections: Sequence[Projection] = PROJECTIONS, connect: Connect | None = None
    ) -> AsyncIterator[Runner]:
        journal = shop.journal
        runner = Runner(
            connect=connect or journal.connect,
            projections=projections,
            reader=journal.reader,
            slots=SLOTS,
            clock=journal.clock,
        )
        stop = asyncio.Event()
        task = asyncio.create_task(runner.run(stop))
        try:
            yield runner
        finally:
            stop.set()
            async with asyncio.timeout(10):
                await task

    return run
