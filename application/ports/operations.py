"""How far the read models and process managers are, for those who run the shop."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec


class RebuildStanding(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a rebuild that was asked for."""

    id: UUID
    """Of the command that asked."""
    name: str
    status: str
    """requested, running, done or failed."""
    requested_at: datetime
    finished_at: datetime | None
    error: str | None


class ProjectionStanding(msgspec.Struct, frozen=True, kw_only=True):
    """One set of tables of a read model or process manager."""

    name: str
    schema: str
    version: int
    """Of the code that fills it."""
    live: bool
    """Whether it is what is read."""
    state: str
    """building or fed."""
    position: int
    """Everything up to there is in it, but for what is stopped."""
    head: int
    """Of the log."""
    stopped: tuple[str, ...]
    """Each slot that waits for a decision, with what it waits at."""
    errors: tuple[str, ...]
    """What stopped them."""
    rebuild: RebuildStanding | None
    """The latest that was asked for."""


class Operations(Protocol):
    async def projections(self) -> Sequence[ProjectionStanding]:
        """All there are, by name; the live one of each among them."""
