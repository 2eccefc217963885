"""Business time comes from here, so that tests run a day in seconds."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The current time, UTC, aware."""
