"""Waiting for a condition, with a deadline and no guess at how long it takes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T]], holds: Callable[[T], bool], *, seconds: float = 10.0) -> T:
    """Look again and again until what is seen holds; fails with what was seen last."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not holds(seen := await look()):
        assert asyncio.get_running_loop().time() < deadline, f"not in {seconds} s; last seen: {seen!r}"
        await asyncio.sleep(0.01)
    return seen
