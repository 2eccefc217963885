"""Folds the whole log from its first event, as if nothing else had been kept."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from application.ports.log import Record
from domain.shared.category import Category
from domain.shared.maps import encode_hook
from infrastructure.eventstore.reader import LogReader, head

PAGE = 10_000


@dataclass(slots=True)
class Fold:
    """States of all streams after the events so far."""

    categories: Mapping[str, Category[Any, Any]]
    states: dict[UUID, tuple[str, object]] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)
    """By category."""

    def take(self, records: Iterable[Record]) -> None:
        for record in records:
            _, state = self.states.get(record.stream, (record.category, None))
            state = self.categories[record.category].evolve(state, record.event)
            self.states[record.stream] = (record.category, state)
            self.events[record.category] += 1

    def streams(self) -> Counter[str]:
        """By category."""
        return Counter(category for category, _ in self.states.values())

    def digest(self) -> str:
        """The same for the same states, whatever machine or run they come from: SHA-256 of their JSON by stream id."""
        digest = hashlib.sha256()
        for stream, (category, state) in sorted(self.states.items()):
            plain = msgspec.to_builtins((stream, category, state), enc_hook=encode_hook, str_keys=True)
            digest.update(msgspec.json.encode(plain, order="deterministic"))
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found. `seconds` are those of reading and folding."""

    fold: Fold
    position: int
    seconds: float

    @property
    def events_per_second(self) -> float:
        return self.fold.events.total() / self.seconds if self.seconds else 0.0


async def replay(
    connection: AsyncConnection[Any],
    *,
    reader: LogReader,
    categories: Iterable[Category[Any, Any]],
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Replayed:
    """Fold up to the head as it is at the start. `progress` gets the position reached and the last one."""
    fold, end, position = Fold({each.name: each for each in categories}), await head(connection), 0
    started = time.perf_counter()
    while position < end:
        records = await reader.read(connection, after=position, limit=min(PAGE, end - position))
        fold.take(records)
        position = records[-1].position
        progress(position, end)
    return Replayed(fold=fold, position=end, seconds=time.perf_counter() - started)
