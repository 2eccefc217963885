"""A mixed log that is written beside a test, in a thread of its own."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.support.mixed_log import MixedLog, mixed_log

T = TypeVar("T")

SECONDS = 60.0
PACE = 0.25
"""Seconds between two rounds of a steady trade."""


class MixedWriter:
    """Writes while the test does something else."""

    def __init__(self, database: str, home: Path, *, seed: int) -> None:
        self._context = mixed_log(database, home, seed=seed)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="mixed log", daemon=True)
        self._log: MixedLog | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._log = self._submit(self._context.__aenter__()).result(SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._submit(self._context.__aexit__(kind, error, trace)).result(SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def log(self) -> MixedLog:
        assert self._log is not None, "the log is not open"
        return self._log

    def write(self, events: int, *, until: Callable[[], bool] = lambda: True) -> "Future[int]":
        """So many events at least, and a slow trade until the condition holds; gives the last position."""
        return self._submit(self._write(events, until))

    @contextmanager
    def trade(self) -> Iterator[None]:
        """Commands come in all the time, for the length of the block: some hundred events a second."""
        closing = Event()
        trading = self._submit(self._trade(closing))
        try:
            yield
        finally:
            closing.set()
            trading.result(SECONDS)

    async def _trade(self, closing: Event) -> None:
        while not closing.is_set():
            await self.log.round()
            await asyncio.sleep(PACE)

    async def _write(self, events: int, until: Callable[[], bool]) -> int:
        await self.log.write(events)
        while not until():
            await self.log.round()
            await asyncio.sleep(2 * PACE)
        return self.log.head

    def _submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)
