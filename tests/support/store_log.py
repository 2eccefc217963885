"""The real store where a machine's decisions can be carried out: PostgreSQL, and two command loops taking turns."""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import cycle
from threading import Thread
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import psycopg

from application.ports.commands import Command, Result
from application.ports.work import Work
from domain.shared.category import Category
from domain.shared.refusal import Refusal
from infrastructure.commandloop.committing import Committer
from infrastructure.commandloop.loading import load
from infrastructure.commandloop.loop import CommandLoop
from infrastructure.eventstore.registry import event_codec
from tests.support.loops import committer, envelope

T = TypeVar("T")

_CLEAR = """
TRUNCATE till.stored_events, till.commands, till.snapshots, till.credential, till.refresh_token,
    till.mailed_token, till.person_key;
UPDATE till.log_head SET position = 0, recorded_at = 'epoch'
"""


class Decide(Command, frozen=True, kw_only=True):
    """Runs whatever a test decides."""

    name: ClassVar[str] = "tests.decide"
    number: int


class Decided(Result, frozen=True, kw_only=True):
    """Nothing to add."""


class StoreLog:
    """Each decision is a command through one of two loops that know nothing of each other, as if two processes."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._decisions: dict[int, Callable[[Work], None]] = {}
        self._events = asyncio.new_event_loop()
        self._thread = Thread(target=self._events.run_forever, daemon=True)
        self._thread.start()
        self._committers = [self._committer() for _ in range(2)]
        self._loops = [self._await(self._started(each)) for each in self._committers]
        self._turns = cycle(self._loops)

    def carry_out(self, decide: Callable[[Work], T], /) -> T:
        """Raises the refusal itself, as the decision raised it last."""
        results: list[T] = []
        refusals: list[Refusal] = []

        def decided(work: Work) -> None:
            try:
                results.append(decide(work))
            except Refusal as refusal:
                refusals.append(refusal)
                raise

        number = len(self._decisions)
        self._decisions[number] = decided
        outcome = self._await(next(self._turns).submit(envelope(Decide(number=number))))
        if outcome.refusal is not None:
            assert refusals[-1].code == outcome.refusal.code
            raise refusals[-1]
        return results[-1]

    def stored(self, category: Category[Any, Any], stream: UUID) -> Any:
        """The state folded from what the log holds, whatever anybody remembers."""
        (entry,) = self._await(load(self._committers[0].writer, event_codec(), {stream: category}))
        return entry.state

    def clear(self) -> None:
        """An empty log, and loops that have forgotten it."""
        with psycopg.connect(self._database, autocommit=True) as conn:
            conn.execute(_CLEAR)
        for each in self._committers:
            each.cache.clear()
        self._decisions.clear()

    def close(self) -> None:
        for loop in self._loops:
            self._await(loop.close())
        self._events.call_soon_threadsafe(self._events.stop)
        self._thread.join()
        self._events.close()

    def _committer(self) -> Committer:
        def handle(command: Decide, work: Work) -> Decided:
            self._decisions[command.number](work)
            return Decided()

        return committer(self._database, handlers={Decide: handle}, codec=event_codec())

    async def _started(self, each: Committer) -> CommandLoop:
        loop = CommandLoop(each, on_death=lambda: None)
        loop.start()
        return loop

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._events).result(timeout=30)
