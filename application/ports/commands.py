"""Commands, the envelope they travel in, and the outcome they come back with."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol, TypeVar, cast
from uuid import UUID

import msgspec

from application.ports.work import Work
from domain.shared.actor import Actor
from domain.shared.category import Category
from domain.shared.event import Event
from domain.shared.refusal import Violation

S = TypeVar("S")
E = TypeVar("E", bound=Event)

Touched = Sequence[tuple[Category[object, Event], UUID]]


def touching(category: Category[S, E], stream: UUID) -> Touched:
    """One stream that a command declares; several are added up."""
    return ((cast("Category[object, Event]", category), stream),)


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A wish. Carries everything its decision needs that is not in the log: identifiers and sealed texts included."""

    name: ClassVar[str]
    """Stable, `ordering.place-order`; kept in command rows and due rows."""

    def streams(self) -> Touched:
        """Streams it is known to touch, so that a batch loads what is missing in one query. May be incomplete."""
        return ()


class Result(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is needed to answer again: ids and figures, no personal data, no secrets."""


C_contra = TypeVar("C_contra", bound=Command, contravariant=True)


class Handler(Protocol[C_contra]):
    """Load, ask, record. Pure: may be run again, and its effects are only those on `work`."""

    def __call__(self, command: C_contra, work: Work, /) -> Result: ...


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """One command on its way to the log."""

    id: UUID
    """The idempotency key: one execution and one outcome per id, for ever."""
    command: Command
    actor: Actor
    correlation_id: UUID
    causation_id: UUID | None = None
    fingerprint: bytes = b""
    """HMAC of what was asked; the same id with another fingerprint is refused. Empty where the id is ours."""
    keeps_refusal: bool = False
    """True for every command whose id may be sent again (keyed, process-manager and webhook commands): a refusal
    leaves a row too, and whatever was answered once is answered again."""


class RefusalNote(msgspec.Struct, frozen=True):
    """A refusal as it is stored and answered again."""

    code: str
    detail: str
    violations: tuple[Violation, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a command. Exactly one of `result` and `refusal` is set."""

    command_id: UUID
    result: bytes | None = None
    """The handler's Result as JSON."""
    refusal: RefusalNote | None = None
    first_position: int | None = None
    last_position: int | None = None
    """Positions of its first and last event; None where it recorded none."""
    slots: dict[str, int] = {}
    """Last position per slot it wrote to, `orders-3`; what a reader that wants to see it waits for."""
    recorded_at: datetime | None = None
    replayed: bool = False
    """True where the outcome was stored by an earlier execution."""


class CommandBus(Protocol):
    """The one way to change anything."""

    async def submit(self, envelope: Envelope) -> Outcome:
        """Decide and commit. Raises Overloaded or DeadlineExceeded (not executed), KeyReused, OutcomeUnknown."""


class NotExecuted(Exception):
    """The command was certainly not executed; it may be sent again."""


class Overloaded(NotExecuted):
    """The queue is full."""


class DeadlineExceeded(NotExecuted):
    """The command waited past its deadline and was dropped before it reached the log."""


class KeyReused(Exception):
    """The same id was used for another request."""


class OutcomeUnknown(Exception):
    """The connection was lost and the log cannot be asked yet: the same id gives the outcome later."""


class ExecutionFailed(Exception):
    """A fault, not a rule: nothing was recorded."""
