"""The port that says how far the read models are, over the tables that the drivers keep."""

from application.ports.operations import ProjectionStanding
from infrastructure.postgres.pools import Pool
from infrastructure.runner.rebuild_requests import latest
from infrastructure.runner.standings import standings


class PostgresOperations:
    """Two queries on one connection."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def projections(self) -> list[ProjectionStanding]:
        async with self._pool.connection() as connection:
            found, rebuilds = await standings(connection), await latest(connection)
        return [
            ProjectionStanding(
                name=each.name,
                schema=each.schema,
                version=each.version,
                live=each.live,
                state=each.state,
                position=each.position,
                head=each.head,
                stopped=tuple(each.stopped),
                errors=tuple(stop.error for stop in each.stops),
                rebuild=rebuilds.get(each.name),
            )
            for each in found
        ]
