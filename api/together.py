"""Questions that arrive while one is under way are asked together next: one round trip for many requests."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST = 100
"""Questions in one round trip."""


class Together(Generic[K, V]):
    """Never joins a question that was already sent: what was committed before it was asked, shows in the answer.

    Questions of one lane are asked together, one round trip at a time; equal ones count once. One that has no answer
    in the mapping gets None.
    """

    def __init__(
        self, ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], *, lane: Callable[[K], Hashable] = lambda _: None
    ) -> None:
        self._ask = ask
        self._lane = lane
        self._waiting: dict[Hashable, dict[K, list[asyncio.Future[V | None]]]] = {}
        self._running: dict[Hashable, asyncio.Task[None]] = {}

    async def get(self, key: K) -> V | None:
        """Raises what the round trip raised."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[V | None] = loop.create_future()
        lane = self._lane(key)
        waiting = self._waiting.get(lane)
        if waiting is None:
            waiting = self._waiting[lane] = {}
            if lane not in self._running:
                self._running[lane] = loop.create_task(self._run(lane))
        waiting.setdefault(key, []).append(future)
        return await future

    async def _run(self, lane: Hashable) -> None:
        """Until nobody of the lane waits any more."""
        try:
            while waiting := self._waiting.pop(lane, None):
                keys = list(waiting)
                for start in range(0, len(keys), MOST):
                    await self._answer({key: waiting[key] for key in keys[start : start + MOST]})
        finally:
            del self._running[lane]

    async def _answer(self, waiting: Mapping[K, Sequence["asyncio.Future[V | None]"]]) -> None:
        try:
            answers = await self._ask(tuple(waiting))
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            for future in _open(chain.from_iterable(waiting.values())):
                future.set_exception(error)
            return
        for key, futures in waiting.items():
            for future in _open(futures):
                future.set_result(answers.get(key))


def _open(futures: Iterable["asyncio.Future[V]"]) -> Iterator["asyncio.Future[V]"]:
    """Those that somebody still waits for."""
    return (future for future in futures if not future.done())
