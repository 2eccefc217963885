"""`till jobs`: what is due, was done or was given up, and what an operator does about it."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, TypeVar
from uuid import UUID, uuid4

import typer
from rich.markup import escape
from rich.table import Table

from application.jobs import RetryJob, WithdrawJob
from application.ports.commands import Envelope
from application.ports.jobs import JobOutcome, JobQuery
from domain.operations.job import Job, JobStatus
from domain.shared.actor import Actor
from infrastructure.bootstrap import jobs as assembling
from infrastructure.cli.entry import ERRORS, OUT, program
from infrastructure.clock import SystemClock
from infrastructure.postgres.database import open_database
from infrastructure.postgres.pools import open_pool
from infrastructure.processes.job_desk import JobDesk
from infrastructure.processes.jobs import PostgresJobs

jobs = typer.Typer(help="Decide about what is due, and what was given up.", no_args_is_help=True)

Ids = Annotated[list[UUID], typer.Argument(help="Of the jobs, as `till jobs list` shows them.")]
T = TypeVar("T")


@jobs.command("list")
def list_(
    status: Annotated[JobStatus | None, typer.Option(help="Those that have it.")] = None,
    name: Annotated[str | None, typer.Option(help="Of the command.")] = None,
    process: Annotated[str | None, typer.Option(help="Process manager that scheduled them.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 20,
) -> None:
    """Show jobs, the newest first by when they are or were due."""
    query = JobQuery(status=status, name=name, process=process, limit=limit)

    async def find(found: PostgresJobs, _: JobDesk) -> None:
        for asked, known in ((name, found.names), (process, found.processes)):
            if asked is not None and asked not in known:
                ERRORS.print(f"till jobs: there is no {asked}; there are {', '.join(known)}", style="red", markup=False)
                raise typer.Exit(2)
        page = await found.find(query)
        OUT.print(_table(page.items) if page.items else "There are no such jobs.")
        if page.more:
            OUT.print(f"{page.total:,} in all.")

    _on_database(find)


@jobs.command()
def show(job_id: Annotated[UUID, typer.Argument(help="Of the job.")]) -> None:
    """Show one job with all there is to know of it."""

    async def find(found: PostgresJobs, _: JobDesk) -> None:
        seen = await found.one(job_id)
        if seen is None:
            ERRORS.print(f"till jobs: there is no job {job_id}", style="red", markup=False)
            raise typer.Exit(1)
        OUT.print(_sheet(*seen))

    _on_database(find)


@jobs.command()
def retry(ids: Ids) -> None:
    """Carry them out now, with all their attempts before them; recorded with your name."""
    _decide(lambda job: RetryJob(job_id=job), ids, done="is carried out now")


@jobs.command()
def delete(ids: Ids) -> None:
    """Never carry them out; refused where somebody is owed something by them. Recorded with your name."""
    _decide(lambda job: WithdrawJob(job_id=job), ids, done="is withdrawn for good")


def _decide(command: Callable[[UUID], RetryJob | WithdrawJob], ids: list[UUID], *, done: str) -> None:
    actor = Actor.system(f"till jobs, {getpass.getuser()}")

    async def decide(_: PostgresJobs, desk: JobDesk) -> bool:
        right = True
        for job in ids:
            wish = Envelope(id=uuid4(), command=command(job), actor=actor, correlation_id=uuid4(), keeps_refusal=True)
            refusal = (await desk.submit(wish)).refusal
            right = right and refusal is None
            if refusal is None:
                OUT.print(f"Job {job} {done}.")
            else:
                ERRORS.print(f"till jobs: {job}: {refusal.detail}", style="red", markup=False, soft_wrap=True)
        return right

    if not _on_database(decide):
        raise typer.Exit(1)


def _on_database(work: Callable[[PostgresJobs, JobDesk], Awaitable[T]]) -> T:
    async def run(conninfo: str) -> T:
        async with (
            open_pool(conninfo, process="jobs", size=2) as pool,
            assembling.job_desk(conninfo, clock=SystemClock(), process="till") as desk,
        ):
            return await work(assembling.jobs(pool), desk)

    with program("jobs") as settings, open_database(settings) as conninfo:
        return asyncio.run(run(conninfo))


def _table(found: Sequence[Job]) -> Table:
    table = Table("id", "due", "command", "process", "status", "attempts", "error", title_justify="left")
    table.columns[0].no_wrap = True
    for job in found:
        due = f"{job.due_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(
            str(job.id), due, job.name, job.process, _coloured(job.status), str(job.attempts), escape(job.error or "")
        )
    return table


def _sheet(job: Job, outcome: JobOutcome | None) -> Table:
    said = "-"
    if outcome is not None:
        where = f" at {outcome.first_position}" if outcome.first_position else ""
        said = f"{outcome.outcome}{where} {outcome.code or ''}".strip()
    lease = f"{job.lease_until} by {job.leased_by}" if job.status is JobStatus.RUNNING else "-"
    table = Table(show_header=False, title=f"Job {job.id}", title_justify="left")
    for name, value in {
        "command": job.name,
        "process": job.process,
        "subject": str(job.subject),
        "step": job.step,
        "about": "\n".join(f"{key} {each}" for key, each in job.about.items()) or "-",
        "status": _coloured(job.status),
        "due": str(job.due_at),
        "attempts": str(job.attempts),
        "error": escape(job.error or "-"),
        "lease": lease,
        "outcome": said,
        "made": str(job.created_at),
        "changed": str(job.updated_at),
    }.items():
        table.add_row(name, value)
    return table


def _coloured(status: JobStatus) -> str:
    return f"[red]{status}[/red]" if status is JobStatus.DEAD else str(status)
