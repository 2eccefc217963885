"""What is due, what was given up, and what an admin does about it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query

from api.answers import Answer, View, json_answer, no_content, versioned
from api.call import Call
from api.fields import Text
from api.paging import PageQuery, cursor_of, parts_of
from api.problems import invalid, not_found
from api.routing import Operation, Resource
from application.jobs import JobKept, RetryJob, WithdrawJob
from application.ports.jobs import JobOutcome, JobQuery
from domain.accounts.events import Role
from domain.operations.job import Job, JobNotWithdrawable, JobNotYet, JobOver, JobRunning, JobStatus

RESOURCE = Resource("/api/v1/admin/jobs", "operations")
ADMIN = (Role.ADMIN,)


class JobFilters(PageQuery):
    status: JobStatus | None = None
    name: Annotated[str, Text(200, 1)] | None = None
    """Of the command."""
    process: Annotated[str, Text(200, 1)] | None = None
    sort: Literal["-dueAt", "dueAt"] = "-dueAt"


class LeaseView(View, frozen=True, kw_only=True):
    until: datetime
    """Then another executor takes over."""
    by: str | None


class OutcomeView(View, frozen=True, kw_only=True):
    outcome: str
    """done or refused."""
    code: str | None
    """Of the refusal."""
    first_position: int | None
    last_position: int | None
    """Of its events in the log."""
    at: datetime


class JobView(View, frozen=True, kw_only=True):
    id: UUID
    name: str
    """Of the command that it carries out."""
    process: str
    """Which process manager has scheduled it, or `schedules`."""
    subject: UUID
    """The story that it belongs to."""
    step: str
    about: dict[str, str]
    """The identifiers in its command."""
    status: str
    """scheduled, running, done, refused, dead or withdrawn."""
    due_at: datetime
    attempts: int
    """Since it was scheduled, or tried anew by hand."""
    error: str | None
    """Of the last attempt."""
    lease: LeaseView | None
    """While it is running."""
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    version: int


class JobFateView(JobView, frozen=True, kw_only=True):
    outcome: OutcomeView | None
    """What the log says of its command; None before it decides, and for effects, which send commands of their own."""


class JobPageView(View, frozen=True, kw_only=True):
    items: list[JobView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


EXAMPLE = {
    "name": "payments.send-refund",
    "process": "refunds",
    "step": "send:6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10",
    "about": {"paymentId": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10"},
    "status": "dead",
    "attempts": 10,
    "error": "GatewayUnavailable: no answer",
    "lease": None,
}


@RESOURCE.route(
    "GET",
    "",
    Operation(
        summary="Jobs: what is due, was done or was given up",
        answer=JobPageView,
        roles=ADMIN,
        examples={"response": {"items": [EXAMPLE]}},
    ),
)
async def list_jobs(call: Call, query: Annotated[JobFilters, Query()]) -> Answer:
    jobs = call.services.jobs
    for pointer, asked, known in (("/name", query.name, jobs.names), ("/process", query.process, jobs.processes)):
        if asked is not None and asked not in known:
            raise invalid(pointer, f"One of {', '.join(known)}.")
    found = await jobs.find(
        JobQuery(
            status=query.status,
            name=query.name,
            process=query.process,
            newest_first=query.sort == "-dueAt",
            limit=query.limit,
            offset=query.offset,
            after=None if query.cursor is None else _after(query.cursor, query.sort),
        )
    )
    last = found.items[-1] if found.more else None
    page = JobPageView(
        items=[_shown(job) for job in found.items],
        next_cursor=None if last is None else cursor_of(query.sort, last.due_at, last.id),
        **query.counted(found.total),
    )
    return json_answer(page)


@RESOURCE.route(
    "GET",
    "/{job_id}",
    Operation(summary="One job", answer=JobFateView, roles=ADMIN, examples={"response": {**EXAMPLE, "outcome": None}}),
)
async def get_job(call: Call, job_id: UUID) -> Answer:
    found = await call.services.jobs.one(job_id)
    if found is None:
        raise not_found("There is no such job.")
    job, outcome = found
    view = JobFateView(outcome=None if outcome is None else _outcome(outcome), **_fields(job))
    return versioned(view, job.version)


@RESOURCE.route(
    "POST",
    "/{job_id}/retry",
    Operation(
        summary="Carry a dead job out again, or bring one forward",
        answer=JobView,
        roles=ADMIN,
        refusals=(JobRunning, JobOver, JobNotYet),
        examples={"response": {**EXAMPLE, "status": "scheduled", "attempts": 0, "error": None}},
    ),
)
async def retry_job(call: Call, job_id: UUID) -> Answer:
    job = (await call.done(RetryJob(job_id=job_id), JobKept)).job
    return versioned(_shown(job), job.version)


@RESOURCE.route(
    "DELETE",
    "/{job_id}",
    Operation(
        summary="Withdraw a job for good, where nobody is owed anything by it",
        status=204,
        roles=ADMIN,
        refusals=(JobRunning, JobOver, JobNotWithdrawable),
    ),
)
async def withdraw_job(call: Call, job_id: UUID) -> Answer:
    await call.done(WithdrawJob(job_id=job_id, expected_version=call.expected_version()), JobKept)
    return no_content()


def _shown(job: Job) -> JobView:
    return JobView(**_fields(job))


def _fields(job: Job) -> dict[str, Any]:
    leased = job.lease_until if job.status is JobStatus.RUNNING else None
    return {
        "id": job.id,
        "name": job.name,
        "process": job.process,
        "subject": job.subject,
        "step": job.step,
        "about": job.about,
        "status": job.status,
        "due_at": job.due_at,
        "attempts": job.attempts,
        "error": job.error,
        "lease": None if leased is None else LeaseView(until=leased, by=job.leased_by),
        "created_at": job.created_at,
        "updated_at": job.updated_at,
        "finished_at": job.finished_at,
        "version": job.version,
    }


def _outcome(outcome: JobOutcome) -> OutcomeView:
    return OutcomeView(
        outcome=outcome.outcome,
        code=outcome.code,
        first_position=outcome.first_position,
        last_position=outcome.last_position,
        at=outcome.at,
    )


def _after(cursor: str, sort: str) -> tuple[datetime, UUID]:
    order, at, job_id = parts_of(cursor, tuple[str, datetime, UUID])
    if at.tzinfo is None or order != sort:
        raise invalid("/cursor", "This is not a cursor of this list.")
    return at, job_id
