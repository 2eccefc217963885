"""The Work port in memory: one command at a time, all or nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5

from application.ports.side_rows import SideRow
from domain.shared.actor import Actor
from domain.shared.category import Category
from domain.shared.event import Event
from domain.shared.refusal import NotFound
from tests.support.times import NOON

S = TypeVar("S")
E = TypeVar("E", bound=Event)
T = TypeVar("T")

SHOP = Actor.system("tests")


class FakeLog:
    """Committed streams. `carry_out` runs a decision as one command: its effects are kept when it returns."""

    def __init__(self) -> None:
        self.now = NOON
        self.streams: dict[UUID, tuple[Event, ...]] = {}
        self.states: dict[UUID, Any] = {}
        self.rows: list[SideRow] = []
        self.commands = 0

    def carry_out(self, decide: "Callable[[FakeWork], T]", *, actor: Actor = SHOP) -> T:
        self.commands += 1
        work = FakeWork(self, actor, uuid5(UUID(int=0), str(self.commands)))
        answer = decide(work)
        self.streams.update(work.streams)
        self.states.update(work.states)
        self.rows.extend(work.rows)
        return answer

    def events(self, stream: UUID) -> tuple[Event, ...]:
        return self.streams.get(stream, ())

    def state(self, category: Category[S, E], stream: UUID) -> S:
        state: S = self.states[stream]
        assert isinstance(state, category.state)
        return state


class FakeWork:
    """One command's view of a FakeLog."""

    def __init__(self, log: FakeLog, actor: Actor, command_id: UUID) -> None:
        self._log = log
        self._actor = actor
        self._command_id = command_id
        self.streams: dict[UUID, tuple[Event, ...]] = {}
        self.states: dict[UUID, Any] = {}
        self.rows: list[SideRow] = []

    @property
    def now(self) -> datetime:
        return self._log.now

    @property
    def actor(self) -> Actor:
        return self._actor

    @property
    def command_id(self) -> UUID:
        return self._command_id

    def get(self, category: Category[S, E], stream: UUID) -> S:
        state = self.find(category, stream)
        if state is None:
            raise NotFound(f"There is no such {category.name}.")
        return state

    def find(self, category: Category[S, E], stream: UUID) -> S | None:
        state: S | None = self.states.get(stream, self._log.states.get(stream))
        assert state is None or isinstance(state, category.state)
        return state

    def find_all(self, category: Category[S, E], streams: Sequence[UUID]) -> tuple[S | None, ...]:
        return tuple(self.find(category, stream) for stream in streams)

    def version(self, stream: UUID) -> int:
        return len(self._history(stream))

    def record(self, category: Category[S, E], stream: UUID, events: Sequence[E]) -> S | None:
        state = self.find(category, stream)
        for event in events:
            state = category.evolve(state, event)
        if events:
            self.states[stream] = state
            self.streams[stream] = (*self._history(stream), *events)
        return state

    def attach(self, row: SideRow) -> None:
        self.rows.append(row)

    def _history(self, stream: UUID) -> tuple[Event, ...]:
        return self.streams.get(stream, self._log.events(stream))
