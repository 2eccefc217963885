"""Real events to fill a log with, without the time that it takes to decide them."""

from itertools import cycle, islice
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.loops import CURRENCY, open_loop
from benchmarks.streaming_purchases import OF_ORDERS, carry_out, purchase
from projections.projection import Projection
from tests.support.crowd import gather_crowd

BUYERS, PRODUCTS = 500, 200
IN_FLIGHT = 64

# Column by column as in the log, so that rows go from one to the other as they are.
_PICK = """
CREATE TABLE quarry AS
SELECT originator_id, originator_version, topic, state, row_number() OVER (ORDER BY notification_id) AS notification_id,
       ordering_key, command_id, recorded_at
  FROM till.stored_events WHERE split_part(topic, ':', 1) = ANY(%s)
"""
_OUT = """
COPY (SELECT * FROM quarry WHERE notification_id > {} AND notification_id <= {} ORDER BY notification_id)
  TO STDOUT (FORMAT binary)
"""
_IN = "COPY till.stored_events FROM STDIN (FORMAT binary)"
_POSITION = "SELECT position FROM till.log_head FOR UPDATE"
_HEAD = "UPDATE till.log_head SET position = %s, recorded_at = (SELECT max(recorded_at) FROM till.stored_events)"


class Quarry:
    """Of a log that commands have written, the events that one projection consumes, numbered from 1 in their order."""

    def __init__(self, database: str) -> None:
        self._database = database

    async def dig(self, projection: Projection, *, events: int) -> None:
        """Let people buy, many at once, until there are so many at least."""
        async with open_loop(self._database) as (bus, _):
            crowd = await gather_crowd(bus, buyers=BUYERS, products=PRODUCTS, currency=CURRENCY)
            pairs = islice(zip(cycle(crowd.buyers), cycle(crowd.products), strict=False), events // OF_ORDERS + 1)
            await carry_out(bus, (purchase(*pair) for pair in pairs), in_flight=IN_FLIGHT)
        with psycopg.connect(self._database) as conn:
            picked = conn.execute(_PICK, ([kind.topic for kind in projection.events],)).rowcount
        if picked < events:
            raise RuntimeError(f"{picked} events of {projection.name}, {events} wanted")

    def append(self, log: psycopg.Connection[Any], events: int) -> None:
        """So many more, to a log that has the first of these and no others; then tell whoever reads it."""
        with psycopg.connect(self._database) as conn, log.transaction():
            ((head,),) = log.execute(_POSITION).fetchall()
            query = sql.SQL(_OUT).format(head, head + events)
            with conn.cursor().copy(query) as rows, log.cursor().copy(_IN) as copies:
                for row in rows:
                    copies.write(row)
            log.execute(_HEAD, (head + events,))
            log.execute("NOTIFY till_log")
