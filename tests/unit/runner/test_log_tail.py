"""The shared window on the log gives what the log gives, and reads it once."""

from typing import Any, cast
from uuid import UUID

from application.ports.log import Record
from infrastructure.eventstore.reader import LogReader
from infrastructure.runner.log_tail import LogTail
from projections.projection import Connection
from tests.support.happenings import listed, product
from tests.support.times import NOON


def record(position: int) -> Record:
    return Record(
        position=position, stream=UUID(int=1), version=position, category="product", family=None, key=UUID(int=1),
        event=listed(product(1)), recorded_at=NOON, command_id=None,
    )  # fmt: skip


class Log:
    """As long as it is said to be; counts what is read of it. Is reader and connection in one."""

    closed = False

    def __init__(self, length: int) -> None:
        self.length = length
        self.fetched = 0

    async def connect(self) -> Connection:
        return cast(Connection, self)

    async def read(self, conn: Any, *, after: int, limit: int) -> list[Record]:
        end = min(self.length, after + limit)
        self.fetched += max(0, end - after)
        return [record(position) for position in range(after + 1, end + 1)]


def tail_of(log: Log, *, kept: int = 4_000) -> LogTail:
    return LogTail(log.connect, cast(LogReader, log), kept=kept)


async def positions(tail: LogTail, after: int, limit: int = 100) -> list[int]:
    return [each.position for each in await tail.read(after, limit)]


async def test_many_followers_read_the_log_once() -> None:
    log = Log(100)
    tail = tail_of(log)
    for _ in range(5):
        assert await positions(tail, 0) == list(range(1, 101))
    log.length = 150
    for _ in range(5):
        assert await positions(tail, 100) == list(range(101, 151))
    assert await positions(tail, 95, limit=3) == [96, 97, 98]
    assert log.fetched == 150


async def test_one_that_is_far_behind_reads_for_itself() -> None:
    log = Log(1_000)
    tail = tail_of(log, kept=100)
    assert await positions(tail, 900) == list(range(901, 1_001))
    assert await positions(tail, 10) == list(range(11, 111))
    fetched = log.fetched
    assert await positions(tail, 950) == list(range(951, 1_001))
    assert log.fetched == fetched


async def test_the_window_forgets_what_is_old_and_stays_right() -> None:
    log = Log(10_000)
    tail = tail_of(log, kept=50)
    for after in range(0, 10_000, 100):
        assert await positions(tail, after) == list(range(after + 1, after + 101))
    assert await positions(tail, 9_990) == list(range(9_991, 10_001))
    assert await positions(tail, 10_000) == []
    assert tail.end == 10_000
