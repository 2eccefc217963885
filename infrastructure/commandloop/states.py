"""The identity map: current states of recently used streams."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from domain.shared.category import Category


class Entry(NamedTuple):
    """One stream as of a version; version 0 with state None is a stream known to be absent."""

    category: Category[Any, Any]
    version: int
    state: Any


class StateCache:
    """Least recently used states go first. Holds committed states only, so an eviction is never a loss."""

    def __init__(self, capacity: int = 50_000) -> None:
        self._entries: OrderedDict[UUID, Entry] = OrderedDict()
        self._capacity = capacity

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, stream: object) -> bool:
        return stream in self._entries

    def get(self, stream: UUID) -> Entry | None:
        entry = self._entries.get(stream)
        if entry is not None:
            self._entries.move_to_end(stream)
        return entry

    def put(self, entries: Mapping[UUID, Entry]) -> None:
        """Takes over states that are certainly committed."""
        for stream, entry in entries.items():
            self._entries[stream] = entry
            self._entries.move_to_end(stream)
        while len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def clear(self) -> None:
        self._entries.clear()
