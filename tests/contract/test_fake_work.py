"""The fake Work keeps the promises of the port."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from application.ports.side_rows import SideRow
from application.ports.work import Work
from domain.shared.actor import Actor
from tests.contract.work_contract import SOMEBODY, WorkContract
from tests.support.fake_work import FakeLog

T = TypeVar("T")


class TestFakeWork(WorkContract):
    @pytest.fixture(autouse=True)
    def _log(self) -> None:
        self.log = FakeLog()

    async def carry_out(self, decide: Callable[[Work], T], *, actor: Actor = SOMEBODY) -> T:
        return self.log.carry_out(decide, actor=actor)

    async def rows(self) -> list[SideRow]:
        return self.log.rows
