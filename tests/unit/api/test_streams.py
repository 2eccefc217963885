"""A stream ends with its client, and with one that takes nothing."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from api import sending
from api.answers import StreamedAnswer
from api.sending import send_stream


class Stream:
    """Says the same for ever, until somebody ends it."""

    def __init__(self) -> None:
        self.ended = self.released = 0
        self.answer = StreamedAnswer(self._chunks(), [], release=self._release)

    async def _chunks(self) -> AsyncGenerator[bytes, None]:
        try:
            while True:
                yield b"x"
                await asyncio.sleep(0)
        finally:
            self.ended += 1

    async def _release(self) -> None:
        self.released += 1


async def stays() -> Any:
    await asyncio.Event().wait()


async def leaves() -> Any:
    return {"type": "http.disconnect"}


async def takes(message: Any) -> None:
    """Everything."""


async def takes_only_the_head(message: Any) -> None:
    if message["type"] != "http.response.start":
        await asyncio.Event().wait()


async def test_it_ends_when_the_client_leaves() -> None:
    stream = Stream()
    await send_stream(stream.answer, leaves, takes, headers=[], with_body=True)
    assert stream.released == 1


async def test_it_ends_when_the_client_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "STALLED", 0.01)
    stream = Stream()
    async with asyncio.timeout(5):
        await send_stream(stream.answer, stays, takes_only_the_head, headers=[], with_body=True)
    assert (stream.ended, stream.released) == (1, 1)


async def test_the_head_alone_is_sent_where_only_that_was_asked_for() -> None:
    stream = Stream()
    await send_stream(stream.answer, stays, takes, headers=[], with_body=False)
    assert (stream.ended, stream.released) == (0, 1)
