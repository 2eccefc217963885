"""One command's view of a batch: the real `Work`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from application.ports.commands import Envelope
from application.ports.side_rows import SideRow
from domain.shared.actor import Actor
from domain.shared.category import Category
from domain.shared.event import Event
from domain.shared.refusal import AlreadyExists, NotFound, Refusal
from infrastructure.commandloop.states import Entry
from infrastructure.eventstore.codec import MAX_EVENT_BYTES

if TYPE_CHECKING:
    from infrastructure.commandloop.batch import Batch

S = TypeVar("S")
E = TypeVar("E", bound=Event)


class EventTooLarge(Refusal):
    """An encoded event would be over 512 KiB; no log, topic or consumer is asked to carry it."""

    code = "too-large-to-record"


class StreamsMissing(Exception):
    """States that must be fetched before the command can be decided."""

    def __init__(self, streams: Mapping[UUID, Category[Any, Any]]) -> None:
        super().__init__()
        self.streams = streams


class CommandWork:
    """Collects what one command does; the batch takes it over only when its handler returns."""

    def __init__(self, batch: "Batch", envelope: Envelope) -> None:
        self._batch = batch
        self._envelope = envelope
        self._read: set[int] = set()
        self.entries: dict[int, Entry] = {}
        """What this command made of streams, by `UUID.int`."""
        self.events: list[tuple[UUID, int, str, bytes, UUID]] = []
        self.side_rows: list[SideRow] = []

    @property
    def now(self) -> datetime:
        return self._batch.now

    @property
    def actor(self) -> Actor:
        return self._envelope.actor

    @property
    def command_id(self) -> UUID:
        return self._envelope.id

    def get(self, category: Category[S, E], stream: UUID) -> S:
        state = self.find(category, stream)
        if state is None:
            raise NotFound(f"There is no such {category.name}.")
        return state

    def find(self, category: Category[S, E], stream: UUID) -> S | None:
        key = stream.int
        entry = self._entry(key)
        if entry is None:
            raise StreamsMissing({stream: category})
        self._read.add(key)
        state: S | None = entry.state
        return state

    def find_all(self, category: Category[S, E], streams: Sequence[UUID]) -> tuple[S | None, ...]:
        keys = [stream.int for stream in streams]
        entries = [self._entry(key) for key in keys]
        missing = {stream: category for stream, entry in zip(streams, entries, strict=True) if entry is None}
        if missing:
            raise StreamsMissing(missing)
        self._read.update(keys)
        return tuple(entry.state for entry in entries if entry is not None)

    def version(self, stream: UUID) -> int:
        entry = self._entry(stream.int)
        return entry.version if entry is not None else 0

    def record(self, category: Category[S, E], stream: UUID, events: Sequence[E]) -> S | None:
        key = stream.int
        entry = self._entry(key) or self._batch.assume_absent(category, stream)
        if entry.version > 0 and key not in self._read:
            raise AlreadyExists(f"This {category.name} exists already.")
        state: S | None = entry.state
        version = entry.version
        for event in events:
            state = category.evolve(state, event)
            version += 1
            self._append(stream, version, event, category.key(state))
        if events:
            self.entries[key] = Entry(stream, category, version, state)
            self._read.add(key)
        return state

    def attach(self, row: SideRow) -> None:
        self.side_rows.append(row)

    def _entry(self, key: int) -> Entry | None:
        return self.entries.get(key) or self._batch.entry(key)

    def _append(self, stream: UUID, version: int, event: Event, key: UUID) -> None:
        codec = self._batch.codec
        state = codec.encode(event)
        if len(state) > MAX_EVENT_BYTES:
            raise EventTooLarge(f"What is to be recorded takes {len(state)} bytes; {MAX_EVENT_BYTES} are the limit.")
        self.events.append((stream, version, codec.name(event), state, key))
