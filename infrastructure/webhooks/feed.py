"""The feed over the log: events get their numbers when somebody asks for them, whoever that is."""

import asyncio
from collections.abc import Sequence

from application.ports.feed import FeedPage
from infrastructure.postgres.pools import Pool
from infrastructure.webhooks.shown import SHOWN, WITHHELD, Numbered, cloud_event
from projections import bulk
from projections.projection import Connection

STRIDE = 5_000
"""Positions that are numbered in one transaction."""
PATIENCE = 0.5
"""Seconds that one request numbers for; the first after an upgrade may find years of events."""
WEIGHT = 4 * 1024 * 1024
"""Bytes of events in one page."""

_BEHIND = "SELECT f.position < h.position FROM till.feed_head f, till.log_head h"
_NUMBER = "SELECT till.number_events(%s::text[], %s::text[], %s)"
_LAST = "SELECT sequence FROM till.feed_head"
_PAGE = """
SELECT sequence, originator_id, originator_version, topic, state, ordering_key, recorded_at FROM (
    SELECT f.sequence, e.*, sum(length(e.state)) OVER (ORDER BY f.sequence) - length(e.state) AS before
      FROM (SELECT sequence, position FROM till.feed WHERE sequence > %s ORDER BY sequence LIMIT %s) AS f
      JOIN till.stored_events e ON e.notification_id = f.position
) AS page WHERE before < %s ORDER BY sequence
"""


class PostgresEventFeed:
    """Numbers what the log holds, then reads. Any number of processes may do so at once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @property
    def types(self) -> frozenset[str]:
        return frozenset(SHOWN)

    async def page(self, *, after: int, limit: int) -> FeedPage:
        async with self._pool.connection() as conn:
            complete = await number(conn)
            rows = await numbered(conn, after=after, limit=limit)
            last = await bulk.read(conn, _LAST)
        return FeedPage(events=[cloud_event(row) for row in rows], last=last[0][0], complete=complete)


async def number(conn: Connection, *, seconds: float = PATIENCE) -> bool:
    """Gives numbers to what has none; False where time ran out first, or newer code has to go on."""
    clock = asyncio.get_running_loop()
    until = clock.time() + seconds
    while (await bulk.read(conn, _BEHIND))[0][0]:
        moved = (await bulk.read(conn, _NUMBER, (SHOWN, WITHHELD, STRIDE)))[0][0]
        if clock.time() > until or not moved:
            return not (await bulk.read(conn, _BEHIND))[0][0]
    return True


async def numbered(conn: Connection, *, after: int, limit: int) -> Sequence[Numbered]:
    """Events beyond the number: at least one where there are any, and not much more than a page may weigh."""
    return [Numbered(*row) for row in await bulk.read(conn, _PAGE, (after, limit, WEIGHT))]
