"""The clock on the wall."""

from datetime import UTC, datetime


class SystemClock:
    """UTC, as the operating system has it."""

    def now(self) -> datetime:
        return datetime.now(UTC)
