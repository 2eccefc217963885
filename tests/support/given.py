"""Specifications as sentences: `given(an_open_cart()).when(lambda cart: cart.clear()).then()`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from domain.shared.category import Category
from domain.shared.event import Event
from domain.shared.maps import encode_hook
from domain.shared.refusal import Refusal

S = TypeVar("S")
E = TypeVar("E", bound=Event)
R = TypeVar("R", bound=Refusal)


def after(category: Category[S, E], events: Sequence[E], state: S | None = None) -> S:
    """The state that the events lead to."""
    for event in events:
        state = category.evolve(state, event)
    assert state is not None, "there is no history"
    return state


@dataclass(frozen=True)
class Decided(Generic[S]):
    """What came of it: events, or a refusal. Either way the state that was asked is what it was."""

    state: S
    events: tuple[Event, ...] = ()
    refusal: Refusal | None = None

    def then(self, *events: Event) -> None:
        """Exactly these events, whole, in this order."""
        if self.refusal is not None:
            raise AssertionError(f"refused: {self.refusal!r}") from self.refusal
        assert self.events == events

    def refused(self, kind: type[R]) -> R:
        """Refused for exactly this reason; gives the refusal for a closer look."""
        if self.refusal is None:
            raise AssertionError(f"not refused, but {self.events}")
        assert type(self.refusal) is kind
        return self.refusal


@dataclass(frozen=True)
class Given(Generic[S]):
    state: S

    def when(self, decide: Callable[[S], Sequence[Event]]) -> Decided[S]:
        before = frozen(self.state)
        try:
            decided = Decided(self.state, events=tuple(decide(self.state)))
        except Refusal as refusal:
            decided = Decided(self.state, refusal=refusal)
        assert frozen(self.state) == before, "a decision changed the state it was asked of"
        return decided


def given(state: S) -> Given[S]:
    return Given(state)


def frozen(state: object) -> bytes:
    """The state's stored form, which shows every change."""
    return msgspec.json.encode(state, enc_hook=encode_hook)
