"""What the machines share: random histories of one stream, illegal actions included, beside a model."""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import msgspec
from hypothesis.stateful import RuleBasedStateMachine

from application.ports.work import Work
from domain.shared.category import Category
from domain.shared.event import Event
from domain.shared.maps import decode_hook, encode_hook
from domain.shared.refusal import Refusal
from tests.support.fake_work import FakeLog

S = TypeVar("S")
E = TypeVar("E", bound=Event)
T = TypeVar("T")


class Log(Protocol):
    """Where a machine's decisions are carried out, each as one command: in memory, or on the real store."""

    def carry_out(self, decide: Callable[[Work], T], /) -> T: ...


class AggregateMachine(RuleBasedStateMachine, Generic[S, E]):
    """One stream of one category. Subclass it and override `open_log` to run the same histories elsewhere."""

    category: Category[S, E]
    stream: UUID

    def __init__(self) -> None:
        super().__init__()
        self.log = self.open_log()

    def open_log(self) -> Log:
        return FakeLog()

    @property
    def state(self) -> S:
        return self.log.carry_out(lambda work: work.get(self.category, self.stream))

    def begin(self, events: Sequence[E]) -> None:
        self.log.carry_out(lambda work: work.record(self.category, self.stream, events))

    def decide(
        self, decision: Callable[[S], Sequence[E]], *, refused: type[Refusal] | None, then: Sequence[E] = ()
    ) -> None:
        """Carries the decision out; it must be refused for that reason, or else give exactly these events."""

        def carried_out(work: Work) -> tuple[E, ...]:
            events = tuple(decision(work.get(self.category, self.stream)))
            work.record(self.category, self.stream, events)
            return events

        before = self.state
        events, refusal = self._outcome(carried_out)
        if refused is None:
            assert refusal is None, f"refused as {refusal}"
            assert events == tuple(then)
        else:
            assert type(refusal) is refused, f"{refused} was expected, not {refusal!r} and {events}"
            assert self.state == before

    def _outcome(self, decide: Callable[[Work], tuple[E, ...]]) -> tuple[tuple[E, ...], Refusal | None]:
        try:
            return self.log.carry_out(decide), None
        except Refusal as refusal:
            return (), refusal

    def teardown(self) -> None:
        """Every state that was reached survives its snapshot."""
        state = self.state
        stored = msgspec.json.encode(state, enc_hook=encode_hook)
        assert msgspec.json.decode(stored, type=self.category.state, dec_hook=decode_hook) == state
