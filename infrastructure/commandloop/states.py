"""The identity map: current states of recently used streams."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from domain.shared.category import Category


class Entry(NamedTuple):
    """One stream as of a version; version 0 with state None is a stream known to be absent."""

    stream: UUID
    category: Category[Any, Any]
    version: int
    state: Any


class StateCache:
    """Least recently used states go first. Holds committed states only, so an eviction is never a loss."""

    def __init__(self, capacity: int = 50_000) -> None:
        self._entries: OrderedDict[int, Entry] = OrderedDict()  # by the UUID's int, whose hash needs no Python call
        self._capacity = capacity

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, stream: UUID) -> bool:
        return stream.int in self._entries

    def get(self, key: int) -> Entry | None:
        """The entry of the stream with this `UUID.int`."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, entries: Iterable[Entry]) -> None:
        """Takes over states that are certainly committed. All stay until `trim`: a batch needs its states together."""
        for entry in entries:
            key = entry.stream.int
            self._entries[key] = entry
            self._entries.move_to_end(key)

    def trim(self) -> None:
        """Lets go of what is over the capacity."""
        while len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def clear(self) -> None:
        self._entries.clear()
