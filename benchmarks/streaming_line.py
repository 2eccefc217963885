"""One read model's whole way: log, relay, Kafka, Faust worker, tables; with a database and topics of its own."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from infrastructure.cli.programs import background_programs
from infrastructure.settings import load
from projections.order_history import ORDER_HISTORY
from tests.support.program import Running
from tests.support.system import eventually

READ_MODEL = ORDER_HISTORY
SECONDS = 120.0

# Everything was sent, and everything that was sent is in the tables, once there are some.
_THROUGH = """
SELECT coalesce(bool_and(t.position >= coalesce((r.slots ->> t.slot)::bigint, 0) AND r.position = h.position), false)
  FROM till.projection p JOIN till.tracking t ON t.schema_name = p.live_schema
 CROSS JOIN till.relay r CROSS JOIN till.log_head h
"""


class Line:
    """A relay and a worker, as the shop runs them."""

    def __init__(self, log: psycopg.Connection[Any], *, relay: psutil.Process, worker: psutil.Process) -> None:
        self.log = log
        self.relay = relay
        self.worker = worker

    @contextmanager
    def dammed(self) -> Iterator[None]:
        """The relay stands still, and what is written piles up."""
        self.relay.suspend()
        try:
            eventually("a relay that stands still", lambda: self.relay.status() == psutil.STATUS_STOPPED)
            yield
        finally:
            self.relay.resume()

    def drain(self) -> None:
        """Until all of the log is in the read model. Raises NotInTime."""
        eventually("all of the log in the read model", self._is_through, seconds=SECONDS)

    def _is_through(self) -> bool:
        ((through,),) = self.log.execute(_THROUGH).fetchall()
        return bool(through)


@contextmanager
def open_line(database: str, environment: Mapping[str, str], home: Path) -> Iterator[Line]:
    """On a database and topics that are there. The environment is that of a shop in distributed mode."""
    environment = {**environment, "DATABASE_URL": database}
    programs = {each.name: each.arguments for each in background_programs(load(environment, directory=home).settings)}
    with ExitStack() as stack:
        relay, worker = (
            psutil.Process(stack.enter_context(Running(name, programs[name], environment=environment, home=home)).pid)
            for name in ("relay", READ_MODEL.name)
        )
        log = stack.enter_context(psycopg.connect(database, autocommit=True))
        yield Line(log, relay=relay, worker=worker)
