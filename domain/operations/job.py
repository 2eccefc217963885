"""A job: one command that is due, and what an admin may do about it. Its row is its state; it has no stream."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.shared.refusal import Refusal


class JobStatus(StrEnum):
    SCHEDULED = "scheduled"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    """Carried out, and a rule said no: as final as done."""
    DEAD = "dead"
    """Given up after its attempts, or refused for good by a provider."""
    WITHDRAWN = "withdrawn"
    """Not wanted any more, by its process manager or by an admin."""


class JobRunning(Refusal):
    """An executor has it in hand, or had when it fell silent; another takes it over when the lease ends."""

    code = "job-running"


class JobOver(Refusal):
    """It was carried out or withdrawn, and is never carried out again."""

    code = "job-over"


class JobNotYet(Refusal):
    """It stands for a moment that has not come."""

    code = "job-not-yet"


class JobNotWithdrawable(Refusal):
    """Somebody would be owed money, stock or an answer for ever."""

    code = "job-not-withdrawable"


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """What may be done by hand with jobs of one command."""

    kept_because: str | None = None
    """Why they may not be withdrawn; None where they may."""
    punctual: bool = False
    """Whether they mean a moment, so that nobody brings them forward."""


class Job(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One due command. Ids alone say what it is about."""

    id: UUID
    name: str
    """Of the command, `payments.send-refund`."""
    process: str
    """The process manager that scheduled it, or the schedule."""
    subject: UUID
    """The story that it belongs to: the order, the payment, the account."""
    step: str
    """What it is called within that story."""
    about: dict[str, str]
    """The identifiers in the command."""
    status: JobStatus
    attempts: int
    """Since it was scheduled, or tried anew by hand."""
    rounds: int
    """How often it was tried anew by hand."""
    error: str | None
    created_at: datetime
    due_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    lease_until: datetime | None
    leased_by: str | None
    version: int

    def retry(self, handling: Handling, *, at: datetime) -> "Job":
        """Due at once, with its attempts before it. Raises JobRunning, JobOver, JobNotYet."""
        self._require_idle()
        if self.status is JobStatus.SCHEDULED and handling.punctual and not self.attempts and self.due_at > at:
            raise JobNotYet("It stands for that very moment, and is not brought forward.")
        return replace(
            self,
            status=JobStatus.SCHEDULED,
            attempts=0,
            rounds=self.rounds + 1,
            error=None,
            due_at=min(self.due_at, at) if self.status is JobStatus.SCHEDULED else at,
            updated_at=at,
            finished_at=None,
            version=self.version + 1,
        )

    def withdraw(self, handling: Handling, *, at: datetime) -> "Job":
        """Never carried out. Raises JobRunning, JobOver, JobNotWithdrawable."""
        self._require_idle()
        if handling.kept_because is not None:
            raise JobNotWithdrawable(handling.kept_because)
        return replace(self, status=JobStatus.WITHDRAWN, updated_at=at, finished_at=at, version=self.version + 1)

    def _require_idle(self) -> None:
        match self.status:
            case JobStatus.RUNNING:
                raise JobRunning("An executor is at it; if that one has died, another takes over when its lease ends.")
            case JobStatus.DONE | JobStatus.REFUSED:
                raise JobOver("It was carried out, and is not carried out twice.")
            case JobStatus.WITHDRAWN:
                raise JobOver("It was withdrawn for good.")
            case JobStatus.SCHEDULED | JobStatus.DEAD:
                return
