"""Mails as process managers decide them, from a log as it grows."""

from typing import Any
from uuid import UUID

from application.processes.process import ProcessManager
from domain.shared.event import Event
from tests.support.fake_work import FakeLog
from tests.support.story import DueRows

Told = tuple[UUID, int, Event]
"""Stream, version, event."""


class Letters(DueRows):
    """Hears of a log in the order in which it was written, as far as anybody asks it to after each act."""

    def __init__(self, managers: tuple[ProcessManager[Any], ...]) -> None:
        super().__init__(managers)
        self.told: list[Told] = []
        self._seen: dict[UUID, int] = {}

    def hear(self, log: FakeLog) -> None:
        for stream, events in log.streams.items():
            seen = self._seen.get(stream, 0)
            for version, event in enumerate(events[seen:], start=seen + 1):
                self.told.append((stream, version, event))
                self.tell(event, stream=stream, version=version, at=log.now)
            self._seen[stream] = len(events)
