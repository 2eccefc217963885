"""Jobs as admins see them: what is due, what was done, and what was given up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from domain.operations.job import Job, JobStatus


class JobOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the log says of a job's own command; an effect has none, as it sends commands of its own."""

    outcome: str
    """done or refused."""
    code: str | None
    first_position: int | None
    last_position: int | None
    at: datetime


class JobQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs, by when they are or were due."""

    status: JobStatus | None = None
    name: str | None = None
    process: str | None = None
    newest_first: bool = True
    limit: int = 20
    offset: int = 0
    after: tuple[datetime, UUID] | None = None
    """Goes on behind the job that was due then; `offset` is none then."""


class JobPage(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[Job]
    total: int
    more: bool


class Jobs(Protocol):
    @property
    def processes(self) -> Sequence[str]:
        """All that may have jobs, by name."""

    @property
    def names(self) -> Sequence[str]:
        """Of all commands that may be due."""

    async def find(self, query: JobQuery) -> JobPage:
        """Over everything that is carried out; nothing of rebuilds or former tables."""

    async def one(self, job_id: UUID) -> tuple[Job, JobOutcome | None] | None: ...
