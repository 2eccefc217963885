"""Decides a batch of commands, one after another, on one consistent set of states. Pure computation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from application.ports.commands import Command, Envelope, RefusalNote, Result
from domain.shared.category import Category
from domain.shared.refusal import Refusal
from infrastructure.commandloop.states import Entry, StateCache
from infrastructure.commandloop.work import CommandWork, StreamsMissing
from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.writes import Writes

Handlers = Mapping[type[Command], Callable[[Any, Any], Result]]

MAX_EVENTS = 2_000
"""A batch that has reached this many events takes no further command."""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Decided:
    """One command's part of the batch: a result, a refusal, or a fault of the handler."""

    envelope: Envelope
    result: bytes | None = None
    refusal: RefusalNote | None = None
    fault: Exception | None = None
    span: tuple[int, int] | None = None
    """Its first and last event, counted from 1 within the batch."""


@dataclass(slots=True)
class Batch:
    """Commands decided so far, what they write, and every stream they relied on."""

    cache: StateCache
    codec: EventCodec
    now: datetime
    under: Mapping[int, Entry] = field(default_factory=dict)
    """States that a batch still in flight will leave, where it lands."""
    base: dict[int, Entry] = field(default_factory=dict)
    """What the batch relied on, by `UUID.int`."""
    overlay: dict[int, Entry] = field(default_factory=dict)
    """What it made of that."""
    writes: Writes = field(default_factory=Writes)
    decided: list[Decided] = field(default_factory=list)

    def entry(self, key: int) -> Entry | None:
        """The stream as the next command of the batch sees it; None where it was never loaded."""
        entry = self.overlay.get(key) or self.base.get(key)
        if entry is None and (entry := self.under.get(key) or self.cache.get(key)) is not None:
            self._rely_on(entry)
        return entry

    def assume_absent(self, category: Category[Any, Any], stream: UUID) -> Entry:
        """A stream that is written without being read must be new; the append verifies it."""
        entry = Entry(stream, category, 0, None)
        self._rely_on(entry)
        return entry

    def _rely_on(self, entry: Entry) -> None:
        self.base[entry.stream.int] = entry
        self.writes.read_streams.append(entry.stream)
        self.writes.read_versions.append(entry.version)

    @property
    def full(self) -> bool:
        return len(self.writes.events.streams) >= MAX_EVENTS

    def decide(self, envelope: Envelope, handlers: Handlers) -> None:
        """Raises StreamsMissing where states must be fetched first; then the whole batch is decided again."""
        work = CommandWork(self, envelope)
        try:
            result = _encode(handlers[type(envelope.command)](envelope.command, work))
        except StreamsMissing:
            raise
        except Refusal as refusal:
            self._refuse(envelope, refusal)
        except Exception as fault:  # noqa: BLE001 - one bad command must not fail its neighbours
            self.decided.append(Decided(envelope, fault=fault))
        else:
            self._accept(envelope, work, result)

    def _refuse(self, envelope: Envelope, refusal: Refusal) -> None:
        note = RefusalNote(code=refusal.code, detail=refusal.detail, violations=refusal.violations)
        if envelope.keeps_refusal:
            self.writes.commands.add(envelope, "refused", _encode(note), None)
        self.decided.append(Decided(envelope, refusal=note))

    def _accept(self, envelope: Envelope, work: CommandWork, result: bytes) -> None:
        columns = self.writes.events
        first = len(columns.streams) + 1
        for event in work.events:
            columns.add(*event, envelope.id)
        last = len(columns.streams)
        span = (first, last) if last >= first else None
        self.writes.commands.add(envelope, "done", result, span)
        for row in work.side_rows:
            self.writes.attach(row)
        self.overlay.update(work.entries)
        self.decided.append(Decided(envelope, result=result, span=span))


def decide(batch: Batch, envelopes: Sequence[Envelope], *, handlers: Handlers) -> Batch:
    """Decide as many as fit into the empty batch. Raises StreamsMissing naming every stream that any of them lacks."""
    missing: dict[UUID, Category[Any, Any]] = {}
    for envelope in envelopes:
        try:
            batch.decide(envelope, handlers)
        except StreamsMissing as lack:
            declared = {
                stream: category for category, stream in envelope.command.streams() if stream not in batch.cache
            }
            missing.update({**declared, **lack.streams})
        if batch.full:
            break
    if missing:
        raise StreamsMissing(missing)
    return batch
