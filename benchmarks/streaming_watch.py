"""Looks on while read models move, to say afterwards when each of them had what."""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from time import perf_counter

from psycopg import AsyncConnection

from projections import bulk

PAUSE = 0.003
"""Seconds between two looks. A figure is too high by the time between two of them at most, and never too low."""

_POSITIONS = """
SELECT p.name, t.slot, t.position FROM till.projection p JOIN till.tracking t ON t.schema_name = p.live_schema
"""

Place = tuple[str, str]
"""A projection and one of the slots that it consumes."""


class Watch:
    """What a client could have read, at every moment that it was looked."""

    def __init__(self) -> None:
        self.looks: list[float] = []
        self._moves: dict[Place, tuple[list[int], list[float]]] = {}

    async def follow(self, database: str) -> None:
        """Until cancelled."""
        async with await AsyncConnection.connect(database, autocommit=True) as conn:
            while True:
                positions = await bulk.read(conn, _POSITIONS)
                self._note(positions, perf_counter())
                await asyncio.sleep(PAUSE)

    def reached(self, projection: str, wanted: Mapping[str, int]) -> float | None:
        """When it was first seen beyond these positions; None where it was not yet."""
        times = [self._passed(self._moves[projection, slot], position) for slot, position in wanted.items()]
        return None if None in times else max(time for time in times if time is not None)

    def consumed(self, projection: str, slots: Mapping[str, int]) -> dict[str, int]:
        """Those of the slots that it consumes."""
        return {slot: position for slot, position in slots.items() if (projection, slot) in self._moves}

    def _note(self, positions: list[tuple[str, str, int]], now: float) -> None:
        self.looks.append(now)
        for name, slot, position in positions:
            reached, times = self._moves.setdefault((name, slot), ([], []))
            if not reached or position > reached[-1]:
                reached.append(position)
                times.append(now)

    @staticmethod
    def _passed(moves: tuple[list[int], list[float]], position: int) -> float | None:
        reached, times = moves
        place = bisect_left(reached, position)
        return times[place] if place < len(times) else None


@asynccontextmanager
async def watching(database: str) -> AsyncIterator[Watch]:
    """For the length of the block. Raises what the database raises."""
    watch = Watch()
    task = asyncio.create_task(watch.follow(database))
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.result()
