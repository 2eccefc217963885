"""The fake Work keeps the promises of the port."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import pytest

from application.ports.side_rows import SideRow
from application.ports.work import Work
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId
from tests.contract.work_contract import WorkContract
from tests.support.fake_work import FakeLog

T = TypeVar("T")


class TestFakeWork(WorkContract):
    actor = Actor.of(AccountId(UUID(int=7)))

    @pytest.fixture(autouse=True)
    def _log(self) -> None:
        self.log = FakeLog()

    async def carry_out(self, decide: Callable[[Work], T]) -> T:
        return self.log.carry_out(decide, actor=self.actor)

    async def rows(self) -> list[SideRow]:
        return self.log.rows
