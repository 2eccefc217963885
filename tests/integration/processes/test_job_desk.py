"""Jobs are tried anew and withdrawn once, whoever else is at them, and stay as they were decided."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from application.effects.effect import EffectPorts, require_recorded
from application.jobs import RetryJob, WithdrawJob
from application.ports.commands import Envelope, KeyReused, Outcome, OutcomeUnknown
from domain.operations.job import Handling, JobStatus
from infrastructure.processes import job_rows
from infrastructure.processes.executor import LEASE, leaseholder
from tests.integration.processes.conftest import LATER, PROJECTION, SCHEMA, Shop, make_instance, record
from tests.integration.processes.jobs import a_desk, give_up, job_id, seen, wish
from tests.support.loops import rows, total
from tests.support.tally import NOON, Raise

KEPT = {Raise.name: Handling(kept_because="The bonus is owed.", punctual=True)}


async def a_job(shop: Shop, step: str = "bonus") -> tuple[UUID, UUID]:
    """A tally's job, and the tally that it raises."""
    tally = uuid4()
    await shop.tell(record(tally))
    return await job_id(shop, tally, step), tally if step == "bonus" else UUID(int=tally.int ^ 1)


def code(outcome: Outcome) -> str | None:
    return outcome.refusal.code if outcome.refusal else None


async def test_a_dead_job_is_carried_out_once_it_is_tried_anew(shop: Shop) -> None:
    job, tally = await a_job(shop)
    await give_up(shop, job)
    async with a_desk(shop) as desk:
        assert code(await desk.submit(wish(RetryJob(job_id=job)))) is None
    assert await shop.executor().run_due() == 2, "the receipt too"
    assert ((await seen(shop, job)).status, total(shop.database, tally)) == (JobStatus.DONE, 100)
    command = rows(shop.database, "SELECT actor, outcome FROM till.commands WHERE name = 'operations.retry-job'")
    assert command == [("system:tests", "done")]


async def test_a_withdrawn_job_is_never_carried_out(shop: Shop) -> None:
    job, tally = await a_job(shop)
    async with a_desk(shop) as desk:
        assert code(await desk.submit(wish(WithdrawJob(job_id=job)))) is None
        assert code(await desk.submit(wish(RetryJob(job_id=job)))) == "job-over"
    shop.clock.time = LATER
    await shop.executor().run_due()
    assert ((await seen(shop, job)).status, total(shop.database, tally)) == (JobStatus.WITHDRAWN, 0)


async def test_what_is_owed_is_not_withdrawn_nor_what_means_a_moment_brought_forward(shop: Shop) -> None:
    job, _ = await a_job(shop)
    async with a_desk(shop, KEPT) as desk:
        assert code(await desk.submit(wish(WithdrawJob(job_id=job)))) == "job-not-withdrawable"
        assert code(await desk.submit(wish(RetryJob(job_id=job)))) == "job-not-yet"
    async with a_desk(shop, {}) as desk:
        assert code(await desk.submit(wish(WithdrawJob(job_id=job)))) == "job-not-withdrawable", "unknown commands stay"
    assert (await seen(shop, job)).version == 1


async def test_two_admins_at_once_withdraw_it_once(shop: Shop) -> None:
    job, _ = await a_job(shop)
    async with a_desk(shop) as one, a_desk(shop) as other:
        ends = await asyncio.gather(*(desk.submit(wish(WithdrawJob(job_id=job))) for desk in (one, other) * 4))
    assert sorted(map(str, map(code, ends))) == ["None", *["job-over"] * 7]
    assert (await seen(shop, job)).version == 2


async def test_the_same_wish_twice_is_one_and_another_under_its_key_is_refused(shop: Shop) -> None:
    job, key = (await a_job(shop))[0], uuid4()
    await give_up(shop, job)
    async with a_desk(shop) as one, a_desk(shop) as other:
        same = wish(RetryJob(job_id=job), key=key, fingerprint=b"a")
        ends = await asyncio.gather(*(desk.submit(same) for desk in (one, other) * 3))
        assert sorted(end.replayed for end in ends) == [False, *[True] * 5]
        assert len({end.result for end in ends}) == 1
        assert ((await seen(shop, job)).rounds, (await seen(shop, job)).version) == (1, 2)
        with pytest.raises(KeyReused):
            await one.submit(wish(WithdrawJob(job_id=job), key=key, fingerprint=b"b"))
        assert await shop.executor().run_due() == 2, "the receipt too"
        assert (await other.submit(same)).replayed, "and changes nothing of a job that is done by now"
        assert ((await seen(shop, job)).status, (await seen(shop, job)).attempts) == (JobStatus.DONE, 1)
        assert code(await one.submit(wish(RetryJob(job_id=job)))) == "job-over", "the desk goes on"


async def test_a_job_that_there_is_not_is_not_found_and_a_version_that_it_has_not_refused(shop: Shop) -> None:
    job, _ = await a_job(shop)
    async with a_desk(shop) as desk:
        assert code(await desk.submit(wish(RetryJob(job_id=uuid4())))) == "not-found"
        late = await desk.submit(wish(WithdrawJob(job_id=job, expected_version=2)))
        assert code(late) == "version-mismatch"
        assert code(await desk.submit(wish(WithdrawJob(job_id=job, expected_version=1)))) is None


async def test_an_executor_passes_over_what_is_being_decided(shop: Shop) -> None:
    job, _ = await a_job(shop, "receipt")
    async with shop.pool.connection() as conn, conn.transaction():
        assert await job_rows.hold(conn, {"tally_bonus": "tally-bonus"}, job) is not None
        assert await shop.executor().run_due() == 0
    assert await shop.executor().run_due() == 1


async def test_executors_and_admins_at_once_either_carry_it_out_or_withdraw_it(shop: Shop) -> None:
    found = [await a_job(shop, "receipt") for _ in range(40)]
    async with a_desk(shop) as desk:

        async def withdraw() -> list[Outcome]:
            return [await desk.submit(wish(WithdrawJob(job_id=job))) for job, _ in reversed(found)]

        async def execute() -> None:
            executor = shop.executor()
            while await executor.run_due():
                pass

        ends, *_ = await asyncio.gather(withdraw(), execute(), execute())
    withdrawn = {job for (job, _), end in zip(reversed(found), ends, strict=True) if end.refusal is None}
    assert {code(end) for end in ends} <= {None, "job-running", "job-over"}
    for job, tally in found:
        expected = (JobStatus.WITHDRAWN, 0) if job in withdrawn else (JobStatus.DONE, 1)
        assert ((await seen(shop, job)).status, total(shop.database, tally)) == expected


class Stuck:
    """A bus that gives its answer when it is told to, too late."""

    def __init__(self) -> None:
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    async def submit(self, envelope: Envelope) -> Outcome:
        self.reached.set()
        await self.go_on.wait()
        raise OutcomeUnknown("too late")


async def test_a_running_job_is_left_to_its_executor_and_a_late_one_has_no_word_in_it(shop: Shop) -> None:
    job, tally = await a_job(shop, "receipt")
    stuck = Stuck()
    late = asyncio.create_task(shop.executor(bus=stuck).run_due())
    await stuck.reached.wait()
    async with a_desk(shop) as desk:
        for command in (RetryJob(job_id=job), WithdrawJob(job_id=job)):
            assert code(await desk.submit(wish(command))) == "job-running"
        held = await seen(shop, job)
        assert (held.leased_by, held.lease_until) == (leaseholder(), NOON + LEASE)
        shop.clock.time = NOON + LEASE + timedelta(seconds=1)
        await give_up(shop, job)  # as another executor did that had taken it over
        assert code(await desk.submit(wish(WithdrawJob(job_id=job)))) is None
    stuck.go_on.set()
    await late
    assert ((await seen(shop, job)).status, total(shop.database, tally)) == (JobStatus.WITHDRAWN, 0)


async def test_a_late_executor_leaves_a_job_alone_that_is_tried_anew(shop: Shop) -> None:
    job, tally = await a_job(shop, "receipt")
    stuck = Stuck()
    late = asyncio.create_task(shop.executor(bus=stuck).run_due())
    await stuck.reached.wait()
    await give_up(shop, job)
    async with a_desk(shop) as desk:
        await desk.submit(wish(RetryJob(job_id=job)))
    stuck.go_on.set()
    await late
    assert ((await seen(shop, job)).status, (await seen(shop, job)).attempts) == (JobStatus.SCHEDULED, 0)
    assert await shop.executor().run_due() == 1
    assert total(shop.database, tally) == 1


_CRASH = f"""
CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN new; END';
CREATE TRIGGER crash BEFORE UPDATE ON {SCHEMA}.due FOR EACH ROW EXECUTE FUNCTION crash();
"""


async def test_a_crash_before_the_commit_leaves_neither_row(shop: Shop) -> None:
    job, _ = await a_job(shop)
    with psycopg.connect(shop.database, autocommit=True) as conn:
        conn.execute(_CRASH)
        async with a_desk(shop) as desk:
            with pytest.raises(OutcomeUnknown):
                await desk.submit(wish(WithdrawJob(job_id=job)))
            assert (await seen(shop, job)).status is JobStatus.SCHEDULED
            assert rows(shop.database, "SELECT FROM till.commands") == []
            conn.execute("DROP FUNCTION crash CASCADE")
            assert code(await desk.submit(wish(WithdrawJob(job_id=job)))) is None


async def test_what_a_rule_refused_is_decided_anew_and_what_was_carried_out_is_not(shop: Shop) -> None:
    job, tally = await a_job(shop, "receipt")
    counted, limits = UUID(int=tally.int ^ 2), iter((0, 5))

    async def records(command: Raise, ports: EffectPorts) -> None:
        await ports.submit(Raise(tally=counted), "count")
        require_recorded(await ports.submit(Raise(tally=command.tally, limit=next(limits)), "record"))

    executor = shop.executor(effects={Raise: records})
    await executor.run_due()
    assert (await shop.due())["receipt"] == ("dead", 1)
    async with a_desk(shop) as desk:
        await desk.submit(wish(RetryJob(job_id=job)))
    await executor.run_due()
    assert (await shop.due())["receipt"] == ("done", 1)
    assert (total(shop.database, tally), total(shop.database, counted)) == (1, 1)


async def test_a_rebuild_revives_nothing_and_forgets_no_decision(shop: Shop) -> None:
    tallies = [uuid4() for _ in range(3)]
    records = [record(tally, version=1) for tally in tallies]
    await shop.tell(*records)
    gone, forward, dead = [await job_id(shop, tally, "bonus") for tally in tallies]
    await give_up(shop, dead)
    async with a_desk(shop) as desk:
        await desk.submit(wish(WithdrawJob(job_id=gone)))
        await desk.submit(wish(RetryJob(job_id=forward)))
        await desk.submit(wish(RetryJob(job_id=dead)))
    before = [await seen(shop, job) for job in (gone, forward, dead)]
    with psycopg.connect(shop.database, autocommit=True) as conn:
        make_instance(conn, "tally_bonus_v2", 2)
    await shop.tell(*records, schema="tally_bonus_v2")
    async with shop.pool.connection() as aconn, aconn.transaction():
        assert PROJECTION.inherit is not None
        await aconn.execute("UPDATE till.projection SET live_schema = 'tally_bonus_v2'")
        await aconn.execute(PROJECTION.inherit.format(schema="tally_bonus_v2", former=SCHEMA))
    assert [await seen(shop, job) for job in (gone, forward, dead)] == before
    assert [job.status for job in before] == [JobStatus.WITHDRAWN, JobStatus.SCHEDULED, JobStatus.SCHEDULED]
    assert {job.due_at for job in before[1:]} == {NOON}
