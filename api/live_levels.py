"""What there is of each product, as it changes: read once per process, told to everybody who listens."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import islice

import structlog

from api.problems import later
from api.services import Services
from domain.shared.identifiers import ProductId
from projections.stock_live import Change, changes_after

PROJECTION = "stock_levels"
PACE = 0.1
"""Seconds between two looks; what changes several times in between is told once."""
PACE_EACH = 0.000_2
"""Seconds more for each that listens, so that a crowd does not keep the process from its other work."""
PATIENCE = 5.0
"""Seconds that who comes waits for the first look."""
RETRY = 0.5
MOST_PENDING = 1_000
"""Products that one who is slow has coming; beyond, it is told everything since it was last up to date."""
STRIDE = 10_000
"""Products looked at in one go."""

_log = structlog.get_logger(__name__)


class Follower:
    """One that listens. It is told of each product the latest alone: who is slow misses what lay between."""

    def __init__(self, board: "LiveLevels", products: Collection[ProductId] | None, after: int) -> None:
        """`products` are all where it is None; of those, what changed beyond `after` is told first."""
        self._board = board
        self._chosen = None if products is None else tuple(products)
        self._products = None if products is None else frozenset(products)
        self._reached = after
        self._next = 0
        """Of the products that are gone through."""
        self._pending: dict[ProductId, None] = {}
        self._woken = asyncio.Event()
        self._woken.set()
        self.over = False
        """Nothing more is told: the process stops."""

    @property
    def reached(self) -> int:
        """Everything up to this position has been told."""
        return self._reached

    def hear(self, changed: Mapping[ProductId, Change]) -> None:
        """Takes note of what concerns it."""
        mine = changed if self._products is None else changed.keys() & self._products
        if not mine:
            return
        self._pending.update(dict.fromkeys(mine))
        if len(self._pending) > MOST_PENDING:
            self._pending.clear()
            self._next = 0
        self._woken.set()

    def end(self) -> None:
        self.over = True
        self._woken.set()

    async def wait(self, seconds: float) -> None:
        """Until there may be something to take, or that long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    def take(self, most: int) -> list[Change]:
        """What is to be told next, at most so many; none does not mean that there is nothing more: ask `idle`."""
        found = self._go_through(most)
        if self._done:
            for product in list(islice(self._pending, most - len(found))):
                del self._pending[product]
                found.append(self._board.levels[product])
        if self._done and not self._pending:
            self._reached = max(self._reached, self._board.complete)
            self._woken.clear()
        return sorted(found, key=lambda change: change.position)

    @property
    def idle(self) -> bool:
        """Everything that is known has been taken."""
        return not self._woken.is_set()

    @property
    def _done(self) -> bool:
        return self._next >= len(self._all)

    @property
    def _all(self) -> Sequence[ProductId]:
        return self._board.products if self._chosen is None else self._chosen

    def _go_through(self, most: int) -> list[Change]:
        found: list[Change] = []
        for product in islice(self._all, self._next, self._next + STRIDE):
            if len(found) == most:
                break
            self._next += 1
            self._pending.pop(product, None)
            level = self._board.levels.get(product)
            if level is not None and level.position > self._reached:
                found.append(level)
        return found


class LiveLevels:
    """The levels of all products, for as long as anybody listens."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.levels: dict[ProductId, Change] = {}
        self.products: list[ProductId] = []
        """In the order they became known, which never changes."""
        self.complete = -1
        """Everything up to this position is in the levels."""
        self._schema = ""
        self._slots: Mapping[str, int] = {}
        self._followers: set[Follower] = set()
        self._listening = 0
        self._asked = asyncio.Event()
        self._known = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None
        self._ended = False

    @asynccontextmanager
    async def follow(self, products: Collection[ProductId] | None, *, after: int | None) -> AsyncIterator[Follower]:
        """All that changed beyond the position and all that changes from now on; everything first where there is no
        such position. Raises 503 while nothing is known."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._follow_read_model(), name="live levels")
        self._listening += 1
        self._asked.set()
        follower: Follower | None = None
        try:
            follower = await self._admitted(products, after)
            self._followers.add(follower)
            if self._ended:
                follower.end()
            yield follower
        finally:
            if follower is not None:
                self._followers.discard(follower)
            self._listening -= 1
            if not self._listening:
                self._asked.clear()

    async def _admitted(self, products: Collection[ProductId] | None, after: int | None) -> Follower:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._known.wait()
        except TimeoutError:
            raise later("unavailable", "The stock levels cannot be read right now.") from None
        return Follower(self, products, -1 if after is None or await self._lies_ahead(after) else after)

    def end(self) -> None:
        """Everybody is told that nothing more comes."""
        self._ended = True
        for follower in self._followers:
            follower.end()

    async def aclose(self) -> None:
        self.end()
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading

    async def _lies_ahead(self, position: int) -> bool:
        """Whether the log has not got there: it was restored, or nobody has ever told that position."""
        if position <= self.complete:
            return False
        async with self._services.pool.connection() as connection:
            cursor = await connection.execute("SELECT position FROM till.log_head")
            rows = await cursor.fetchall()
        return bool(position > rows[0][0])

    async def _follow_read_model(self) -> None:
        while True:
            if not self._asked.is_set():
                self._forget()
                await self._asked.wait()
            try:
                slots = await self._services.positions.moved(PROJECTION, self._slots)
                await self._look(slots)
            except Exception as error:  # noqa: BLE001 - if this ended, all who listen would wait unseen
                _log.warning("stock levels not read", error=repr(error), retry_in=RETRY)
                await asyncio.sleep(RETRY)
            await asyncio.sleep(PACE + PACE_EACH * len(self._followers))

    def _forget(self) -> None:
        """Nobody listens: nothing is kept."""
        self._known.clear()
        self.levels.clear()
        self.products.clear()
        self._slots, self._schema, self.complete = {}, "", -1

    async def _look(self, slots: Mapping[str, int]) -> None:
        """Reads what changed beyond where the slots that moved stood before: one that is stopped keeps no other back,
        and is caught up with when it goes on."""
        schema = self._services.positions.schema_of(PROJECTION)
        known = self._slots if schema == self._schema else {}
        low = min((known.get(slot, -1) for slot, position in slots.items() if known.get(slot) != position), default=-1)
        async with self._services.pool.connection() as connection:
            complete, changes = await changes_after(connection, schema, low)
        self._tell(changes)
        self._schema, self._slots, self.complete = schema, slots, complete
        self._known.set()

    def _tell(self, changes: Iterable[Change]) -> None:
        changed = {change.product_id: change for change in changes if self.levels.get(change.product_id) != change}
        self.products.extend(product for product in changed if product not in self.levels)
        self.levels |= changed
        for follower in self._followers if changed else ():
            follower.hear(changed)
