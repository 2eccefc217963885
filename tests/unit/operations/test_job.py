"""What may be done about a job by hand, by the state that it is in."""

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from application.jobs import JobKept, RetryJob, WithdrawJob, retry_job, withdraw_job
from application.ports.work import Work
from domain.operations.job import Handling, Job, JobNotWithdrawable, JobNotYet, JobOver, JobRunning, JobStatus
from domain.shared.refusal import Forbidden, Refusal
from infrastructure.bootstrap.due_commands import DUE_COMMANDS, HANDLINGS
from tests.support.accounts import ADMIN, BUYER, SELLER
from tests.support.shop import FakeShop
from tests.support.times import NOON

LATER = NOON + timedelta(hours=1)
FREE, PUNCTUAL = Handling(), Handling(punctual=True)
OVER = {JobStatus.DONE: JobOver, JobStatus.REFUSED: JobOver, JobStatus.WITHDRAWN: JobOver}


def a_job(status: JobStatus, *, attempts: int = 0) -> Job:
    return Job(
        id=uuid4(), name="tests.raise", process="tests", subject=uuid4(), step="bonus", about={}, status=status,
        attempts=attempts, rounds=0, error="boom" if attempts else None, created_at=NOON, due_at=LATER,
        updated_at=NOON, finished_at=None, lease_until=None, leased_by=None, version=3,
    )  # fmt: skip


def test_a_dead_job_begins_anew_at_once() -> None:
    dead = a_job(JobStatus.DEAD, attempts=10)
    anew = dead.retry(PUNCTUAL, at=LATER + timedelta(days=1))
    assert (anew.status, anew.attempts, anew.rounds, anew.error) == (JobStatus.SCHEDULED, 0, 1, None)
    assert (anew.due_at, anew.version) == (LATER + timedelta(days=1), 4)


def test_a_scheduled_job_is_brought_forward_and_never_put_off() -> None:
    job = a_job(JobStatus.SCHEDULED)
    assert job.retry(FREE, at=NOON).due_at == NOON
    assert job.retry(FREE, at=LATER + timedelta(days=1)).due_at == LATER


def test_what_means_a_moment_is_not_brought_forward_unless_it_has_failed() -> None:
    with pytest.raises(JobNotYet):
        a_job(JobStatus.SCHEDULED).retry(PUNCTUAL, at=NOON)
    assert a_job(JobStatus.SCHEDULED).retry(PUNCTUAL, at=LATER).due_at == LATER
    assert a_job(JobStatus.SCHEDULED, attempts=1).retry(PUNCTUAL, at=NOON).due_at == NOON


@pytest.mark.parametrize(("status", "refusal"), {JobStatus.RUNNING: JobRunning, **OVER}.items())
def test_what_runs_or_is_over_is_left_alone(status: JobStatus, refusal: type[Refusal]) -> None:
    for act in (Job.retry, Job.withdraw):
        with pytest.raises(refusal):
            act(a_job(status), FREE, at=NOON)


@pytest.mark.parametrize("status", [JobStatus.SCHEDULED, JobStatus.DEAD])
def test_a_job_is_withdrawn_where_nobody_is_owed_anything(status: JobStatus) -> None:
    withdrawn = a_job(status).withdraw(FREE, at=LATER)
    assert (withdrawn.status, withdrawn.finished_at, withdrawn.version) == (JobStatus.WITHDRAWN, LATER, 4)
    with pytest.raises(JobNotWithdrawable, match="owed"):
        a_job(status).withdraw(Handling(kept_because="The money is owed."), at=LATER)


def test_money_stock_and_what_is_half_done_are_not_withdrawn() -> None:
    free = {name for name, handling in HANDLINGS.items() if handling.kept_because is None}
    assert free == {"mail.send-mail", "mail.send-one-time-password", "ordering.advance-order-by-itself"}
    assert HANDLINGS.keys() == {command.name for command in DUE_COMMANDS}


def test_a_decision_changes_nothing_of_what_the_job_is() -> None:
    job = a_job(JobStatus.DEAD)
    same = ("id", "name", "process", "subject", "step", "about", "created_at")
    for after in (job.retry(FREE, at=NOON), job.withdraw(FREE, at=NOON)):
        assert [msgspec.structs.asdict(after)[each] for each in same] == [getattr(job, each) for each in same]


def test_only_admins_and_the_shop_itself_decide_about_jobs() -> None:
    shop, job = FakeShop(), a_job(JobStatus.DEAD)
    command = RetryJob(job_id=job.id)

    def retry(work: Work) -> JobKept:
        return retry_job(command, work, job=job, handling=FREE)

    for nobody in (BUYER, SELLER):
        with pytest.raises(Forbidden):
            shop.ask(retry, by=nobody)
    with pytest.raises(Forbidden):
        shop.ask_anonymously(retry)
    assert shop.ask(retry, by=ADMIN).job.status is shop.ask_itself(retry).job.status is JobStatus.SCHEDULED
    with pytest.raises(Forbidden):
        shop.ask(lambda work: withdraw_job(WithdrawJob(job_id=job.id), work, job=None, handling=FREE), by=BUYER)
