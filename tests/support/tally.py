"""A tiny category of its own: what the command loop guarantees has nothing to do with commerce."""

from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from application.ports.commands import Command, Result
from application.ports.side_rows import PersonKey
from application.ports.work import Work
from domain.shared.category import Category, Family
from domain.shared.event import Event
from domain.shared.refusal import Refusal
from infrastructure.commandloop.batch import Handlers

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Raised(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "tests.tally-raised"
    tally: UUID
    by: int
    seen: int | None = None
    note: str = ""


class Tally(msgspec.Struct, frozen=True):
    id: UUID
    total: int


class TallyFull(Refusal):
    code = "tally-full"


def evolve(tally: Tally | None, event: Raised) -> Tally:
    return Tally(event.tally, (tally.total if tally else 0) + event.by)


TALLIES: Category[Tally, Raised] = Category(
    name="tally", family=Family.CATALOGUE, events=(Raised,), state=Tally, evolve=evolve, key=lambda tally: tally.id
)


class Total(Result, frozen=True, kw_only=True):
    total: int


class Raise(Command, frozen=True, kw_only=True):
    """Add to a tally; refused above the limit; may depend on another tally that it only reads."""

    name: ClassVar[str] = "tests.raise"
    tally: UUID
    by: int = 1
    limit: int = 1_000_000
    reading: UUID | None = None
    """Refused unless this other tally is zero."""


class Break(Command, frozen=True, kw_only=True):
    """Writes a side row that the database refuses when it is there already."""

    name: ClassVar[str] = "tests.break"
    person: UUID


class Stumble(Command, frozen=True, kw_only=True):
    """Its handler has a bug."""

    name: ClassVar[str] = "tests.stumble"


def raise_tally(command: Raise, work: Work) -> Total:
    if command.reading is not None:
        other = work.find(TALLIES, command.reading)
        if other is not None and other.total > 0:
            raise TallyFull("the other tally is not zero")
    tally = work.find(TALLIES, command.tally)
    total = tally.total if tally else 0
    if total + command.by > command.limit:
        raise TallyFull(f"{total} of {command.limit}")
    work.record(TALLIES, command.tally, (Raised(tally=command.tally, by=command.by, seen=total),))
    return Total(total=total + command.by)


def break_database(command: Break, work: Work) -> Total:
    work.attach(PersonKey(person_id=command.person, wrapped_key=""))
    return Total(total=0)


def stumble(command: Stumble, work: Work) -> Total:
    raise ZeroDivisionError("a bug")


HANDLERS: Handlers = {Raise: raise_tally, Break: break_database, Stumble: stumble}
