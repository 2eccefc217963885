"""What a handler works with: states to ask, a place to record, and nothing else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from application.ports.side_rows import SideRow
from domain.shared.actor import Actor
from domain.shared.category import Category
from domain.shared.event import Event

S = TypeVar("S")
E = TypeVar("E", bound=Event)


class Work(Protocol):
    """One command's view of the streams. Reads are verified and records appended atomically with the batch."""

    @property
    def now(self) -> datetime:
        """Business time of this decision, UTC."""

    @property
    def actor(self) -> Actor: ...

    @property
    def command_id(self) -> UUID: ...

    def get(self, category: Category[S, E], stream: UUID) -> S:
        """The stream's state; raises NotFound where it has no events."""

    def find(self, category: Category[S, E], stream: UUID) -> S | None:
        """The stream's state, or None; the absence is verified like any read."""

    def find_all(self, category: Category[S, E], streams: Sequence[UUID]) -> tuple[S | None, ...]:
        """Many states in the order asked, fetched together."""

    def version(self, stream: UUID) -> int:
        """Events in the stream as this command sees it, those it recorded included; 0 = absent."""

    def record(self, category: Category[S, E], stream: UUID, events: Sequence[E]) -> S | None:
        """Append to the stream; gives the state after. Without events, nothing changes.

        A stream that this command has not read before is one that it begins: AlreadyExists where it has begun.
        """

    def attach(self, row: SideRow) -> None:
        """Write a row of the second truth in the same transaction."""
