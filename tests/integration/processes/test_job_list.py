"""All that is live is one list: by when it is due, in pages, by status, name and process."""

from uuid import UUID, uuid4

import psycopg
from prometheus_client import REGISTRY

from application.ports.jobs import JobQuery
from domain.operations.job import JobStatus
from infrastructure.processes import dead_jobs
from tests.integration.processes.conftest import LATER, PROJECTION, SCHEMA, Shop, make_instance, record
from tests.integration.processes.jobs import QUEUES, give_up, job_id, jobs_of
from tests.support.tally import NOON, Raise


async def of_two_managers(shop: Shop) -> list[UUID]:
    """Another manager's jobs beside the tally's, and a former instance whose rows are nobody's."""
    with psycopg.connect(shop.database, autocommit=True) as conn:
        make_instance(conn, "tally_bonus_v2", 2)
        conn.execute("CREATE SCHEMA others_v1")
        conn.execute(PROJECTION.ddl.format(schema="others_v1"))
        conn.execute("INSERT INTO till.projection_instance VALUES ('others_v1', 'others', 1, 1, 'fed', %s)", (NOON,))
        conn.execute("INSERT INTO till.projection VALUES ('others', 'others_v1')")
    tallies = [uuid4() for _ in range(9)]
    for number, tally in enumerate(tallies):
        await shop.tell(record(tally), schema=(SCHEMA, "others_v1", "tally_bonus_v2")[number % 3])
    return tallies


async def test_pages_and_cursors_go_through_all_of_them(shop: Shop) -> None:
    await of_two_managers(shop)
    jobs = jobs_of(shop)
    jobs._queues = {**QUEUES, "others": "others"}
    for newest_first in (True, False):
        whole = await jobs.find(JobQuery(limit=100, newest_first=newest_first))
        assert (whole.total, len(whole.items), whole.more) == (12, 12, False)
        moments = [(job.due_at, job.id) for job in whole.items]
        assert moments == sorted(moments, reverse=newest_first)
        assert {job.due_at for job in whole.items} == {NOON, LATER}, "at once is when it was asked for"
        paged = [await jobs.find(JobQuery(limit=5, offset=at, newest_first=newest_first)) for at in (0, 5, 10)]
        assert [job for page in paged for job in page.items] == list(whole.items)
        assert [page.more for page in paged] == [True, True, False]
        after = JobQuery(limit=5, after=moments[4], newest_first=newest_first)
        assert (await jobs.find(after)).items == paged[1].items
    assert (await jobs.find(JobQuery(process="others"))).total == 6
    assert (await jobs.find(JobQuery(name="other"))).total == 0


async def test_a_job_says_what_it_is_about_by_ids_alone(shop: Shop) -> None:
    tally = uuid4()
    await shop.tell(record(tally))
    (job,) = (await jobs_of(shop).find(JobQuery(status=JobStatus.SCHEDULED, limit=1))).items
    assert (job.subject, job.step, job.about, job.process) == (tally, "bonus", {"tally": str(tally)}, "tally-bonus")
    shop.clock.time = LATER
    await shop.executor().run_due()
    found = await jobs_of(shop).one(job.id)
    assert found is not None
    assert found[1] is not None
    assert (found[0].status, found[1].outcome, found[1].code) == (JobStatus.DONE, "done", None)
    assert await jobs_of(shop).one(uuid4()) is None


async def test_the_dead_are_counted_until_somebody_has_decided(shop: Shop) -> None:
    tally = uuid4()
    await shop.tell(record(tally))
    await give_up(shop, await job_id(shop, tally, "bonus"))

    def counted() -> float | None:
        return REGISTRY.get_sample_value("till_jobs_dead", {"command": Raise.name})

    await dead_jobs.look(shop.pool, QUEUES, [Raise.name])
    assert counted() == 1
    with psycopg.connect(shop.database, autocommit=True) as conn:
        conn.execute(f"UPDATE {SCHEMA}.due SET status = 'withdrawn'")
    await dead_jobs.look(shop.pool, QUEUES, [Raise.name])
    assert counted() == 0
