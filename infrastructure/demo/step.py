"""One part of the demo: a command or two that somebody sends at a moment before today."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from infrastructure.demo.desk import Desk, command_id_of

_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Done when there is a command of its id, whatever came after it."""

    subject: str
    ago: timedelta
    do: Callable[[Desk], Awaitable[object]]
    """Raises SeedRefused."""
    last: UUID | None = None
    """Of its last command, where that has an id of its own."""
    story: str | None = None
    """What it belongs to: after a refusal the rest of it is left out. Without one a refusal ends everything."""

    @property
    def id(self) -> UUID:
        return self.last or command_id_of(self.subject)


def span(text: str) -> timedelta:
    """`3d2h`, `40m`."""
    parts = {_UNITS[unit]: int(number) for number, unit in re.findall(r"(\d+)([dhm])", text)}
    return timedelta(**parts)
