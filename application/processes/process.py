"""What a process manager is: a pure reaction to events, with commands that fall due."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from application.ports.commands import Command
from domain.shared.event import Event

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Due:
    """Carry `command` out at `at`; None is at once. `step` names it within the instance."""

    step: str
    command: Command
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The command scheduled under this step is no longer wanted, unless it has begun."""

    step: str


Decision = Due | Withdraw


@dataclass(frozen=True, slots=True, eq=False)
class ProcessManager(Generic[S]):
    """Follows one kind of story; `instance` says whose story an event belongs to, None where it is no concern."""

    name: str
    version: int
    events: tuple[type[Event], ...]
    state: type[S]
    instance: Callable[[Event], UUID | None]
    react: Callable[[S | None, Event], tuple[S | None, Sequence[Decision]]]
    """Gives the next state (None ends the story and forgets it) and what is to be done."""
