"""Many requests share a round trip, and none is told of a time before it asked."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from api.together import MOST, Together


class Source:
    """Answers when it is let; knows what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []
        self.value = "old"
        self.gate = asyncio.Event()
        self.gate.set()
        self.counted = asyncio.Condition()

    async def ask(self, keys: Sequence[int]) -> Mapping[int, str]:
        value = self.value
        async with self.counted:
            self.asked.append(tuple(keys))
            self.counted.notify_all()
        await self.gate.wait()
        if 13 in keys:
            raise LookupError("thirteen")
        return {key: f"{value} {key}" for key in keys if key < 1_000}


async def until(source: Source, count: int) -> None:
    async with source.counted:
        await source.counted.wait_for(lambda: len(source.asked) >= count)


async def test_questions_of_one_moment_take_one_round_trip() -> None:
    source = Source()
    together = Together(source.ask)
    answers = await asyncio.gather(*(together.get(key) for key in (1, 2, 1)))
    assert answers == ["old 1", "old 2", "old 1"]
    assert source.asked == [(1, 2)]


async def test_a_question_never_joins_one_that_was_sent_before() -> None:
    source = Source()
    together = Together(source.ask)
    source.gate.clear()
    early = asyncio.create_task(together.get(1))
    await until(source, 1)
    source.value = "new"
    late = asyncio.create_task(together.get(1))
    await asyncio.sleep(0)
    source.gate.set()
    assert (await early, await late) == ("old 1", "new 1")


async def test_what_there_is_not_is_none() -> None:
    assert await Together(Source().ask).get(1_000) is None


async def test_an_error_reaches_all_who_asked_and_the_next_question_is_asked_anew() -> None:
    together = Together(Source().ask)
    failed = await asyncio.gather(together.get(13), together.get(1), return_exceptions=True)
    assert [type(each) for each in failed] == [LookupError, LookupError]
    assert await together.get(1) == "old 1"


async def test_one_that_gives_up_takes_nothing_from_the_others() -> None:
    source = Source()
    together = Together(source.ask)
    source.gate.clear()
    first, second = (asyncio.create_task(together.get(1)) for _ in range(2))
    await until(source, 1)
    first.cancel()
    source.gate.set()
    assert await second == "old 1"
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_round_trip_is_bounded() -> None:
    source = Source()
    together = Together(source.ask)
    await asyncio.gather(*(together.get(key) for key in range(100, 100 + MOST + 1)))
    assert [len(keys) for keys in source.asked] == [MOST, 1]


async def test_lanes_do_not_wait_for_each_other() -> None:
    source = Source()
    together = Together(source.ask, lane=lambda key: key)
    source.gate.clear()
    tasks = [asyncio.create_task(together.get(key)) for key in (1, 2)]
    await until(source, 2)
    assert source.asked == [(1,), (2,)]
    source.gate.set()
    assert await asyncio.gather(*tasks) == ["old 1", "old 2"]
