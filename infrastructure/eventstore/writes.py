"""What one batch of commands writes, column by column, as `till.append` takes it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from application.ports.commands import Envelope
from application.ports.side_rows import SideRow


@dataclass(slots=True)
class EventColumns:
    streams: list[UUID] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    states: list[bytes] = field(default_factory=list)
    keys: list[UUID] = field(default_factory=list)
    commands: list[UUID] = field(default_factory=list)

    def add(self, stream: UUID, version: int, topic: str, state: bytes, key: UUID, command: UUID) -> None:
        self.streams.append(stream)
        self.versions.append(version)
        self.topics.append(topic)
        self.states.append(state)
        self.keys.append(key)
        self.commands.append(command)


@dataclass(slots=True)
class CommandColumns:
    ids: list[UUID] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    correlations: list[UUID] = field(default_factory=list)
    causations: list[UUID | None] = field(default_factory=list)
    fingerprints: list[bytes] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    firsts: list[int | None] = field(default_factory=list)
    lasts: list[int | None] = field(default_factory=list)

    def add(self, envelope: Envelope, outcome: str, answer: bytes, span: tuple[int, int] | None) -> None:
        """`span` counts events of the batch from 1, first and last; None where the command recorded none."""
        self.ids.append(envelope.id)
        self.names.append(envelope.command.name)
        self.actors.append(str(envelope.actor))
        self.correlations.append(envelope.correlation_id)
        self.causations.append(envelope.causation_id)
        self.fingerprints.append(envelope.fingerprint)
        self.outcomes.append(outcome)
        self.answers.append(answer)
        self.firsts.append(span[0] if span else None)
        self.lasts.append(span[1] if span else None)


@dataclass(slots=True)
class Writes:
    """`read_versions` are those that the streams the batch read or wrote had before it; each stream stands once."""

    read_streams: list[UUID] = field(default_factory=list)
    read_versions: list[int] = field(default_factory=list)
    events: EventColumns = field(default_factory=EventColumns)
    commands: CommandColumns = field(default_factory=CommandColumns)
    side_rows: dict[str, list[Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.commands.ids)

    def attach(self, row: SideRow) -> None:
        self.side_rows.setdefault(row.table, []).append(msgspec.to_builtins(row))

    def parameters(self, clock: datetime) -> tuple[Any, ...]:
        """The arguments of `till.append`, in order."""
        events, commands = self.events, self.commands
        return (
            clock,
            self.read_streams,
            self.read_versions,
            events.streams,
            events.versions,
            events.topics,
            events.states,
            events.keys,
            events.commands,
            commands.ids,
            commands.names,
            commands.actors,
            commands.correlations,
            commands.causations,
            commands.fingerprints,
            commands.outcomes,
            commands.answers,
            commands.firsts,
            commands.lasts,
            Jsonb(self.side_rows) if self.side_rows else None,
        )
