"""Writes a log of everything that happens in a shop, mixed, through the real command loop; a seed decides all of it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

import msgspec

from application.ports.commands import CommandBus, Envelope, Outcome
from application.reporting import RecordReport
from domain.accounts.events import Role
from domain.shared.identifiers import AccountId, ProductId
from infrastructure.bootstrap.writing import command_loop
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.settings import load
from tests.support.crowd import envelope
from tests.support.loops import FixedClock, rows
from tests.support.mixed_categories import gardening
from tests.support.mixed_coupons import new_coupon
from tests.support.mixed_goods import listing, new_product, sale, tending, window_shopping
from tests.support.mixed_orders import purchase
from tests.support.mixed_people import automating, newcomer, registering, somebody_returns
from tests.support.mixed_reports import draft, reporting
from tests.support.mixed_world import Step, Story, World

AT_ONCE = 48
"""Commands that are sent together."""
STORIES = 64
"""Under way at any time."""
A_MOMENT = timedelta(seconds=2)
"""That goes by between two rounds."""
BEGINNINGS: dict[Callable[[World], Story], int] = {
    purchase: 10,
    window_shopping: 2,
    tending: 2,
    new_product: 1,
    new_coupon: 1,
    gardening: 1,
    sale: 1,
    newcomer: 1,
    somebody_returns: 1,
    automating: 1,
    reporting: 1,
}


class MixedLog:
    """Rounds of commands: all of one are sent at once, and the next follow from what became of them."""

    def __init__(self, bus: CommandBus, *, database: str, seed: int, clock: FixedClock) -> None:
        self._bus = bus
        self._database = database
        self._world = World(Random(seed), clock)
        self._stories: list[tuple[Story, Step]] = []
        self.head = 0
        """The log's last position."""
        self.decided = 0
        self.refused = Counter[str]()
        """Codes; the people of a mixed log do not look before they ask."""

    async def open(self) -> None:
        """There is somebody, and something to buy."""
        world = self._world
        people = [(Role.ADMIN, 1), (Role.SELLER, 4), (Role.BUYER, 30)]
        accounts = [(AccountId(world.number()), role) for role, count in people for _ in range(count)]
        await self._tell_all([registering(world, account, role) for account, role in accounts])
        sellers = [world.luck.choice(world.sellers) for _ in range(40)]
        await self._tell_all([listing(world, ProductId(world.number()), seller) for seller in sellers])

    async def write(self, events: int) -> int:
        """So many more at least; gives the log's last position."""
        goal = self.head + events
        while self.head < goal:
            await self.round()
        return self.head

    async def round(self) -> None:
        """Some of the stories go on by a step, and a moment goes by."""
        while len(self._stories) < STORIES:
            (begins,) = self._world.luck.choices(list(BEGINNINGS), list(BEGINNINGS.values()))
            self._begin(begins(self._world))
        self._world.luck.shuffle(self._stories)
        now, self._stories = self._stories[:AT_ONCE], self._stories[AT_ONCE:]
        await self._go_on(now)

    async def _tell_all(self, stories: list[Story]) -> None:
        for story in stories:
            self._begin(story)
        while self._stories:
            now, self._stories = self._stories, []
            await self._go_on(now)

    def _begin(self, story: Story) -> None:
        step = next(story, None)
        if step is not None:
            self._stories.append((story, step))

    async def _go_on(self, now: list[tuple[Story, Step]]) -> None:
        for _, step in now:
            if isinstance(step.command, RecordReport):
                draft(self._database, step.command)
        outcomes = await asyncio.gather(*[self._bus.submit(self._envelope(step)) for _, step in now])
        self._world.clock.time += A_MOMENT
        for (story, _), outcome in zip(now, outcomes, strict=True):
            self._note(outcome)
            try:
                self._stories.append((story, story.send(outcome)))
            except StopIteration:
                continue

    def _envelope(self, step: Step) -> Envelope:
        made = envelope(step.command, step.actor)
        return msgspec.structs.replace(made, id=self._world.number(), correlation_id=self._world.number())

    def _note(self, outcome: Outcome) -> None:
        self.decided += 1
        if outcome.refusal is not None:
            self.refused[outcome.refusal.code] += 1
        self.head = max(self.head, outcome.last_position or 0)


@asynccontextmanager
async def mixed_log(database: str, home: Path, *, seed: int) -> AsyncIterator[MixedLog]:
    """One that is open, on an empty database."""
    clock = FixedClock()
    settings = load({"TILL_HOME": str(home)}, directory=home).settings
    async with command_loop(settings, database, clock=clock, process="tests") as bus:
        log = MixedLog(bus, database=database, seed=seed, clock=clock)
        await log.open()
        yield log


def published_types() -> set[str]:
    """The topics of all events that anybody but their own stream sees."""
    return {kind.topic for category in CATEGORIES if category.family for kind in category.events}


def types_in(database: str) -> Counter[str]:
    """How often each type occurs in the log."""
    query = "SELECT split_part(topic, ':', 1), count(*) FROM till.stored_events GROUP BY 1"
    return Counter(dict(rows(database, query)))
