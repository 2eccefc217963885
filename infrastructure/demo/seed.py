"""Fills a shop with the demo, through the same commands as everybody; twice is once, and half is gone on with.

On a database where no process has ever been at work, the demo happens in the weeks before today: the clock is turned
back, and the shop does by itself what falls due meanwhile. On any other it happens now, as far as it can.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from uuid import UUID

from infrastructure.demo.desk import Desk, SeedRefused
from infrastructure.demo.dressing import carts, homes, pictures, reductions, switches, wishes
from infrastructure.demo.meanwhile import Meanwhile
from infrastructure.demo.people import PEOPLE, REGULARS
from infrastructure.demo.shelves import OPENING, categories, coupons, listings, registrations
from infrastructure.demo.shop import LATER_OFFERS, OFFERS
from infrastructure.demo.step import Step
from infrastructure.demo.trade import trade
from infrastructure.eventstore.reader import head
from infrastructure.postgres.pools import Connect
from infrastructure.runner.instances import none_yet
from projections.projection import Connection

AT_ONCE = 16
"""Steps of one moment that are taken side by side."""

_DONE = "SELECT id, recorded_at, outcome = 'refused' FROM till.commands WHERE id = ANY(%s)"

Progress = Callable[[int, int], None]


def untold(done: int, total: int) -> None:
    """Where nobody asks."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many steps the demo has, how many of them this run has taken, and how many the shop would not take."""

    total: int
    added: int
    left_out: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Seeder:
    """Takes the steps that were not taken yet, in the order of time."""

    desk: Desk
    meanwhile: Meanwhile
    connect: Connect
    """With a connection that may wait for as long as it takes."""
    _over: set[str] = field(default_factory=set)
    _left_out: list[str] = field(default_factory=list)

    async def run(self, *, trading: bool = True, progress: Progress = untold) -> Seeded:
        """Without trading, only people, goods and the first coupons. Raises SeedRefused where somebody or something
        of these is refused; what else the shop would not take is left out. `progress` is told after each few steps."""
        steps = sorted(demo(trading=trading), key=lambda step: -step.ago)
        async with await self.connect() as connection, none_yet(connection) as untouched:
            done = await self._done(connection, steps)
            opened, clock = done.get(steps[0].id), self.desk.clock
            past = trading and untouched and await self._began_with_us(connection, opened)
            clock.today = opened + OPENING if past and opened else clock.now()
            missing = [step for step in steps if step.id not in done]
            await self._take(missing, past=past, progress=lambda taken: progress(len(done) + taken, len(steps)))
        return Seeded(total=len(steps), added=len(missing) - len(self._left_out), left_out=tuple(self._left_out))

    async def _done(self, connection: Connection, steps: Sequence[Step]) -> dict[UUID, datetime]:
        """When, by id. What was refused is over, and so is what belongs to it."""
        stories = {step.id: step.story for step in steps}
        rows = await connection.execute(_DONE, (list(stories),))
        done = dict[UUID, datetime]()
        async for command, at, refused in rows:
            story = stories[command]
            if refused and story is None:
                continue  # nothing stands without it: it is refused again, and says so
            done[command] = at
            if refused and story is not None:
                self._over.add(story)
        return done

    async def _began_with_us(self, connection: Connection, opened: datetime | None) -> bool:
        """Whether the log is empty, or was begun by a demo whose today is over."""
        if opened is not None:
            return opened + OPENING <= self.desk.clock.now()
        return await head(connection) == 0

    async def _take(self, steps: Sequence[Step], *, past: bool, progress: Callable[[int], None]) -> None:
        taken = 0
        for together in _moments(steps):
            if past:
                moment = self.desk.clock.today - together[0].ago
                await self.meanwhile.pass_until(moment)
                self.desk.clock.turn_to(moment)
            ends = await asyncio.gather(*map(self._step, together), return_exceptions=True)
            for failure in filter(None, ends):
                raise failure
            progress(taken := taken + len(together))
        if past:
            await self.meanwhile.pass_until(self.desk.clock.today)
        self.desk.clock.turn_to(None)

    async def _step(self, step: Step) -> None:
        try:
            if step.story not in self._over:
                await step.do(self.desk)
                return
            self._left_out.append(step.subject)
        except SeedRefused as refused:
            if step.story is None:
                raise
            self._over.add(step.story)
            self._left_out.append(str(refused))


def demo(*, trading: bool) -> Iterator[Step]:
    """All steps; those of people and goods belong to no story."""
    yield from registrations(PEOPLE)
    yield from categories()
    yield from listings()
    yield from coupons(OFFERS)
    if trading:
        yield from registrations(REGULARS)
        yield from coupons(LATER_OFFERS, story="later coupons")
        for part in (pictures, switches, homes, wishes, reductions, carts, trade):
            yield from part()


def _moments(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """What happens at one moment, a few at a time."""
    for _, together in groupby(steps, key=lambda step: step.ago):
        each = tuple(together)
        yield from (each[start : start + AT_ONCE] for start in range(0, len(each), AT_ONCE))
