"""How far every instance is: for `till status`, readiness, and whoever waits for a quiet log."""

import msgspec

from infrastructure.runner.poison import Stop, stops
from projections import bulk
from projections.projection import Connection

_STANDINGS = """
SELECT i.name, i.schema_name, i.version, i.state, p.live_schema IS NOT DISTINCT FROM i.schema_name,
       coalesce(min(t.position) FILTER (WHERE NOT t.stopped), min(t.position), 0),
       (SELECT position FROM till.log_head)
  FROM till.projection_instance i
  LEFT JOIN till.projection p ON p.name = i.name
  LEFT JOIN till.passed t ON t.schema_name = i.schema_name
 GROUP BY i.name, i.schema_name, i.version, i.state, i.number, p.live_schema ORDER BY i.name, i.number
"""
_HELD = """
SELECT t.schema_name, t.slot, d.id
  FROM till.dead_letter d
  JOIN till.projection_instance i ON i.name = d.name
  JOIN till.tracking t ON t.schema_name = i.schema_name AND t.slot = d.slot
 WHERE d.status = 'stopped' AND t.stopped ORDER BY d.id
"""


class Held(msgspec.Struct, frozen=True):
    """A slot that waits for somebody to decide about a record that could not be read."""

    schema: str
    slot: str
    dead_letter: int


class Standing(msgspec.Struct, frozen=True):
    """One instance: everything up to `position` is in its tables, but for the slots in `stops` and `held`."""

    name: str
    schema: str
    version: int
    state: str
    live: bool
    position: int
    head: int
    stops: tuple[Stop, ...] = ()
    held: tuple[Held, ...] = ()

    @property
    def lag(self) -> int:
        """Events it has not read yet."""
        return self.head - self.position

    @property
    def stopped(self) -> list[str]:
        """Each slot that waits for a decision, and about what."""
        return [
            *(f"{stop.slot} at {stop.position}" for stop in self.stops),
            *(f"{each.slot} by dead letter {each.dead_letter}" for each in self.held),
        ]


async def standings(conn: Connection) -> list[Standing]:
    stopped = await stops(conn)
    held = [Held(*row) for row in await bulk.read(conn, _HELD)]
    return [
        Standing(
            *[
                *row,
                tuple(stop for stop in stopped if stop.schema == row[1]),
                tuple(each for each in held if each.schema == row[1]),
            ]
        )
        for row in await bulk.read(conn, _STANDINGS)
    ]
