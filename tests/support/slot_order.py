"""Whether slots overtake each other: looks at the tracking all the time, and knows the log's order."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from threading import Event, Thread
from types import TracebackType
from typing import Self

import psycopg

from application.ports.log import slot_of
from infrastructure.eventstore.registry import event_codec
from tests.support.loops import rows

PACE = 0.02
"""Seconds between two looks."""
_TRACKED = "SELECT schema_name, slot, position FROM till.tracking"
_LOG = "SELECT notification_id, topic, ordering_key FROM till.stored_events ORDER BY notification_id"

Look = frozenset[tuple[str, str, int]]


def positions_by_slot(database: str, *, partitions: int = 8) -> dict[str, list[int]]:
    """What the log has for each, in its order."""
    codec, found = event_codec(), defaultdict[str, list[int]](list)
    for position, topic, key in rows(database, _LOG):
        family = codec.category(topic).family
        if family is not None:
            found[slot_of(family, key, partitions)].append(position)
    return found


class SlotOrder:
    """Looks for the length of the block."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._done = Event()
        self._thread = Thread(target=self._watch, name="slot order", daemon=True)
        self._looks: set[Look] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def overtakings(self) -> int:
        """Looks at which a slot was ahead of another that the log has an earlier event for."""
        slots = positions_by_slot(self._database)
        return sum(_overtaken(look, slots) for look in self._looks)

    def _watch(self) -> None:
        with psycopg.connect(self._database, autocommit=True, application_name="till tests slots") as conn:
            while not self._done.wait(PACE):
                self._looks.add(frozenset(conn.execute(_TRACKED).fetchall()))


def _overtaken(look: Look, slots: Mapping[str, Sequence[int]]) -> bool:
    ahead, waiting = dict[str, int](), dict[str, int]()
    for schema, slot, position in look:
        ahead[schema] = max(ahead.get(schema, 0), position)
        there = slots.get(slot, ())
        following = bisect_right(there, position)
        if following < len(there):
            waiting[schema] = min(waiting.get(schema, there[following]), there[following])
    return any(first < ahead[schema] for schema, first in waiting.items())
