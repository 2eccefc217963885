"""What every Work guarantees. Subclass it and say how a decision is carried out as one command."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID, uuid4

import pytest

from application.ports.side_rows import PersonKey, SideRow
from application.ports.work import Work
from domain.accounts.events import Role
from domain.inventory.events import StockAdjusted, StockEvent, StockOpened
from domain.inventory.stock import STOCKS
from domain.shared.actor import Actor
from domain.shared.identifiers import ProductId
from domain.shared.refusal import Forbidden, NotFound

T = TypeVar("T")


def opened(stream: UUID) -> tuple[StockEvent, ...]:
    return (StockOpened(product_id=ProductId(stream), threshold=5),)


def stocked(stream: UUID, on_hand: int) -> tuple[StockEvent, ...]:
    adjusted = StockAdjusted(product_id=ProductId(stream), change=1, on_hand=on_hand, reason="counted")
    return (*opened(stream), adjusted)


class WorkContract(ABC):
    """Tests are asynchronous so that a real log can take part; streams are fresh in each test."""

    actor: Actor
    """Who asks for all that is carried out."""

    @abstractmethod
    async def carry_out(self, decide: Callable[[Work], T]) -> T:
        """Run as one command, and commit what it did; raises what it raises, and then commits nothing."""

    @abstractmethod
    async def rows(self) -> list[SideRow]:
        """The side rows committed so far."""

    async def test_a_stream_without_events_is_not_found(self) -> None:
        stream = uuid4()
        with pytest.raises(NotFound):
            await self.carry_out(lambda work: work.get(STOCKS, stream))
        assert await self.carry_out(lambda work: work.find(STOCKS, stream)) is None
        assert await self.carry_out(lambda work: work.find_all(STOCKS, (stream,))) == (None,)

    async def test_what_is_recorded_is_seen_at_once_and_by_the_next_command(self) -> None:
        stream = uuid4()

        def record(work: Work) -> int:
            assert work.find(STOCKS, stream) is None
            after = work.record(STOCKS, stream, stocked(stream, 1))
            assert after is not None
            assert work.get(STOCKS, stream) == after
            assert work.find_all(STOCKS, (stream,)) == (after,)
            return after.on_hand

        assert await self.carry_out(record) == 1
        assert await self.carry_out(lambda work: work.get(STOCKS, stream).on_hand) == 1

    async def test_the_version_counts_events_those_just_recorded_included(self) -> None:
        stream = uuid4()

        def versions(work: Work) -> list[int]:
            work.find(STOCKS, stream)
            before = work.version(stream)
            work.record(STOCKS, stream, stocked(stream, 1))
            return [before, work.version(stream)]

        assert await self.carry_out(versions) == [0, 2]

        def next_version(work: Work) -> int:
            work.get(STOCKS, stream)
            return work.version(stream)

        assert await self.carry_out(next_version) == 2

    async def test_recording_nothing_changes_nothing(self) -> None:
        stream = uuid4()

        def record_nothing(work: Work) -> int:
            work.find(STOCKS, stream)
            assert work.record(STOCKS, stream, ()) is None
            return work.version(stream)

        assert await self.carry_out(record_nothing) == 0
        assert await self.carry_out(lambda work: work.find(STOCKS, stream)) is None

    async def test_recording_goes_on_where_it_stopped(self) -> None:
        stream = uuid4()

        def record_twice(work: Work) -> int:
            work.find(STOCKS, stream)
            work.record(STOCKS, stream, opened(stream))
            work.record(STOCKS, stream, stocked(stream, 4)[1:])
            return work.version(stream)

        assert await self.carry_out(record_twice) == 2
        assert await self.carry_out(lambda work: work.get(STOCKS, stream).on_hand) == 4

    async def test_many_states_come_in_the_order_asked(self) -> None:
        one, two, absent = uuid4(), uuid4(), uuid4()

        def record(work: Work) -> None:
            for stream, on_hand in ((one, 1), (two, 2)):
                work.record(STOCKS, stream, stocked(stream, on_hand))

        def levels(work: Work) -> list[int | None]:
            return [stock.on_hand if stock else None for stock in work.find_all(STOCKS, (two, absent, one, two))]

        await self.carry_out(record)
        assert await self.carry_out(levels) == [2, None, 1, 2]

    async def test_a_refusal_leaves_nothing_behind(self) -> None:
        stream = uuid4()
        row = PersonKey(person_id=uuid4(), wrapped_key="wrapped")

        def refuse_after_recording(work: Work) -> None:
            work.record(STOCKS, stream, opened(stream))
            work.attach(row)
            raise Forbidden(f"This takes the role {Role.ADMIN}.")

        with pytest.raises(Forbidden):
            await self.carry_out(refuse_after_recording)
        assert await self.carry_out(lambda work: work.find(STOCKS, stream)) is None
        assert row not in await self.rows()

    async def test_a_side_row_is_committed_with_the_events(self) -> None:
        stream = uuid4()
        row = PersonKey(person_id=uuid4(), wrapped_key="wrapped")

        def record(work: Work) -> None:
            work.record(STOCKS, stream, opened(stream))
            work.attach(row)

        await self.carry_out(record)
        assert row in await self.rows()

    async def test_a_command_knows_who_asks_and_when(self) -> None:
        actor, first, second, aware = await self.carry_out(
            lambda work: (work.actor, work.command_id, work.command_id, work.now.tzinfo is not None)
        )
        other = await self.carry_out(lambda work: work.command_id)
        assert (actor, aware) == (self.actor, True)
        assert first == second != other
