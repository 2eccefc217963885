"""The command loop's Work keeps the promises of the port, on a real log and across loops."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from application.ports.side_rows import PersonKey, SideRow
from application.ports.work import Work
from domain.shared.actor import Actor
from tests.contract.work_contract import WorkContract
from tests.support.loops import rows
from tests.support.store_log import StoreLog

T = TypeVar("T")


class TestCommandWork(WorkContract):
    actor = Actor.system("tests")

    @pytest.fixture(autouse=True)
    def _log(self, database: str) -> Iterator[None]:
        self.database, self.log = database, StoreLog(database)
        yield
        self.log.close()

    async def carry_out(self, decide: Callable[[Work], T]) -> T:
        return self.log.carry_out(decide)

    async def rows(self) -> list[SideRow]:
        keys = rows(self.database, "SELECT person_id, wrapped_key FROM till.person_key")
        return [PersonKey(person_id=person_id, wrapped_key=wrapped_key) for person_id, wrapped_key in keys]
