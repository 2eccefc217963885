"""What admins do with jobs. The decision stands in the command's row; what it changes is the job's own row.

Whoever carries these commands out holds the job's row meanwhile, so that nobody else claims or changes it.
"""

from typing import ClassVar
from uuid import UUID

from application.access import VersionMismatch, admitted
from application.ports.commands import Command, Result
from application.ports.work import Work
from domain.accounts.events import Role
from domain.operations.job import Handling, Job
from domain.shared.refusal import NotFound


class _AboutAJob(Command, frozen=True, kw_only=True):
    job_id: UUID
    expected_version: int | None = None


class RetryJob(_AboutAJob, frozen=True, kw_only=True):
    """Carry it out now, with all its attempts before it."""

    name: ClassVar[str] = "operations.retry-job"


class WithdrawJob(_AboutAJob, frozen=True, kw_only=True):
    """Never carry it out."""

    name: ClassVar[str] = "operations.withdraw-job"


class JobKept(Result, frozen=True, kw_only=True):
    """The job as the decision left it."""

    job: Job


def retry_job(command: RetryJob, work: Work, *, job: Job | None, handling: Handling) -> JobKept:
    return JobKept(job=_open_to(work, job, command).retry(handling, at=work.now))


def withdraw_job(command: WithdrawJob, work: Work, *, job: Job | None, handling: Handling) -> JobKept:
    return JobKept(job=_open_to(work, job, command).withdraw(handling, at=work.now))


def _open_to(work: Work, job: Job | None, command: _AboutAJob) -> Job:
    """The job, for an admin or the shop itself. Raises NotFound and VersionMismatch."""
    admitted(work, Role.ADMIN)
    if job is None:
        raise NotFound("There is no such job.")
    if command.expected_version not in {None, job.version}:
        raise VersionMismatch(f"Version {command.expected_version} was expected; it is at {job.version}.")
    return job
