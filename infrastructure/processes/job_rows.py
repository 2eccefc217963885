"""Due rows as jobs: found over all that is live, held while somebody decides, and kept as the decision left them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from application.ports.jobs import JobOutcome, JobPage, JobQuery
from domain.operations.job import Job, JobStatus
from infrastructure.processes import due_rows
from projections import bulk
from projections.projection import Connection

Queues = Mapping[str, str]
"""For the name of each live pointer the process that its rows belong to."""

_MOMENT = "greatest(d.due_at, d.asked_at)"
_FIELDS = f"""d.id, d.name, d.instance, d.step, d.body, d.status, d.attempts, d.rounds, d.last_error, d.asked_at,
    {_MOMENT} AS moment, greatest(d.changed_at, d.asked_at), d.finished_at, d.lease_until, d.leased_by, d.version"""
_CONDITIONS = {
    "status": "d.status = %(status)s",
    "name": "d.name = %(name)s",
    "after": f"({_MOMENT}, d.id) {{behind}} (%(at)s, %(id)s)",
}
_PART = """(SELECT '{process}' AS process, {fields} FROM {schema}.due d WHERE {where}
 ORDER BY {moment} {way}, d.id {way} LIMIT %(reach)s)"""
_PAGE = "SELECT * FROM ({parts}) AS found ORDER BY moment {way}, id {way} LIMIT %(limit)s OFFSET %(offset)s"
_COUNT = "SELECT count(*) FROM {schema}.due d WHERE {where}"
_ONE = "SELECT '{process}', {fields} FROM {schema}.due d WHERE d.id = %s"
_PLACE = "SELECT '{pointer}' FROM {schema}.due WHERE id = %(id)s"
_KEEP = """
UPDATE {schema}.due SET status = %(status)s, attempts = %(attempts)s, rounds = %(rounds)s, last_error = %(error)s,
       due_at = %(due_at)s, finished_at = %(finished_at)s, changed_at = %(updated_at)s, version = %(version)s
 WHERE id = %(id)s
"""
_OUTCOME = """
SELECT outcome, CASE outcome WHEN 'refused' THEN convert_from(answer, 'UTF8')::jsonb ->> 'code' END,
       first_position, last_position, recorded_at FROM till.commands WHERE id = %s
"""
_DEAD = "SELECT name, count(*) AS dead FROM {schema}.due WHERE status = 'dead' GROUP BY name"


async def find(conn: Connection, queues: Queues, query: JobQuery) -> JobPage:
    """One page over all of them, by the moment that each is or was due, and how many there are in all."""
    live = await _live(conn, queues)
    schemas = {name: schema for name, schema in live.items() if query.process in {None, queues[name]}}
    if not schemas:
        return JobPage(items=(), total=0, more=False)
    values = _values(query)
    way, behind = ("DESC", "<") if query.newest_first else ("ASC", ">")
    chosen = {name: text for name, text in _CONDITIONS.items() if getattr(query, name) is not None}
    counted = " AND ".join(text for name, text in chosen.items() if name != "after") or "true"
    paged = " AND ".join(chosen.values()).format(behind=behind) or "true"
    parts = [
        _PART.format(process=queues[name], fields=_FIELDS, schema=schema, where=paged, moment=_MOMENT, way=way)
        for name, schema in schemas.items()
    ]
    counts = [_COUNT.format(schema=schema, where=counted) for schema in schemas.values()]
    rows = await bulk.read(conn, _PAGE.format(parts=" UNION ALL ".join(parts), way=way), values)
    totals = await bulk.read(conn, " UNION ALL ".join(counts), values)
    jobs = [_job(*row) for row in rows]
    return JobPage(items=jobs[: query.limit], total=sum(n for (n,) in totals), more=len(jobs) > query.limit)


async def one(conn: Connection, queues: Queues, job_id: UUID) -> tuple[Job, JobOutcome | None] | None:
    """The job as it is, and what the log says of its command."""
    place = await _place_of(conn, queues, job_id)
    if place is None:
        return None
    (found,) = await bulk.read(conn, _ONE.format(process=place[0], fields=_FIELDS, schema=place[1]), (job_id,))
    outcomes = await bulk.read(conn, _OUTCOME, (job_id,))
    names = JobOutcome.__struct_fields__
    outcome = JobOutcome(**dict(zip(names, outcomes[0], strict=True))) if outcomes else None
    return _job(*found), outcome


async def hold(conn: Connection, queues: Queues, job_id: UUID) -> tuple[str, Job] | None:
    """The job and its schema. Until the transaction ends nobody claims, finishes, withdraws or rebuilds it."""
    place = await _place_of(conn, queues, job_id)
    if place is None:
        return None
    query = _ONE.format(process=place[0], fields=_FIELDS, schema=place[1]) + " FOR UPDATE"
    (found,) = await bulk.read(conn, query, (job_id,))
    return place[1], _job(*found)


async def keep(conn: Connection, schema: str, job: Job) -> None:
    """As a decision left it; executors are told."""
    await conn.execute(_KEEP.format(schema=schema), msgspec.structs.asdict(job) | {"status": str(job.status)})
    await conn.execute(f"NOTIFY {due_rows.CHANNEL}")


async def dead(conn: Connection, queues: Queues) -> dict[str, int]:
    """How many jobs of each command wait for somebody to decide."""
    parts = [_DEAD.format(schema=schema) for schema in (await _live(conn, queues)).values()]
    found: dict[str, int] = {}
    for name, count in await bulk.read(conn, " UNION ALL ".join(parts)) if parts else ():
        found[name] = found.get(name, 0) + count
    return found


async def _live(conn: Connection, queues: Queues) -> dict[str, str]:
    """Schemas by pointer, of those that have begun; they stay live until the transaction ends."""
    return await due_rows.live_schemas(conn, sorted(queues))


async def _place_of(conn: Connection, queues: Queues, job_id: UUID) -> tuple[str, str] | None:
    """The process and the schema."""
    live = await _live(conn, queues)
    parts = [_PLACE.format(pointer=name, schema=schema) for name, schema in live.items()]
    rows = await bulk.read(conn, " UNION ALL ".join(parts), {"id": job_id}) if parts else []
    return (queues[rows[0][0]], live[rows[0][0]]) if rows else None


def _values(query: JobQuery) -> dict[str, object]:
    at, last = query.after or (None, None)
    offset = 0 if query.after else query.offset
    return {
        "status": None if query.status is None else str(query.status),
        "name": query.name,
        "at": at,
        "id": last,
        "limit": query.limit + 1,
        "offset": offset,
        "reach": offset + query.limit + 1,
    }


def _job(*row: Any) -> Job:
    process, id_, name, subject, step, body, status, attempts, rounds, error, *moments, version = row
    created_at, due_at, updated_at, finished_at, lease_until, leased_by = moments
    return Job(
        id=id_,
        name=name,
        process=process,
        subject=subject,
        step=step,
        about=about(body),
        status=JobStatus(status),
        attempts=attempts,
        rounds=rounds,
        error=error,
        created_at=created_at,
        due_at=due_at,
        updated_at=updated_at,
        finished_at=finished_at,
        lease_until=lease_until,
        leased_by=leased_by,
        version=version,
    )


def about(body: bytes) -> dict[str, str]:
    """The identifiers in a command, by their names as clients know them; nothing else of it."""
    said = msgspec.json.decode(body)
    told = {**said, **said.get("references", {})}
    return {_camel(name): value for name, value in told.items() if _is_id(value)}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False
