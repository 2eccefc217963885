"""Rate limits: broad ones for every request, a narrow one on guessing secrets."""

import math
from time import time

from limits import RateLimitItem, RateLimitItemPerMinute

from api.answers import Header
from api.counting import IN_MEMORY, Counts, counts
from api.problems import Problem

WINDOW = 15
"""Minutes."""
ANONYMOUS = RateLimitItemPerMinute(100, WINDOW, namespace="anonymous")
ACCOUNT = RateLimitItemPerMinute(1_000, WINDOW, namespace="account")
GUESSING = RateLimitItemPerMinute(10, WINDOW, namespace="guessing")


class Limits:
    """Says how much more a client may ask for. Switched off, it lets everything pass and says nothing."""

    def __init__(self, *, on: bool, storage: str = IN_MEMORY) -> None:
        self.on = on
        self._counts: Counts = counts(storage if on else IN_MEMORY)

    async def request(self, *, account: str | None, address: str) -> list[Header]:
        """Headers that say what is left; raises 429 when nothing is."""
        if not self.on:
            return []
        item, who = (ACCOUNT, account) if account else (ANONYMOUS, address)
        return await self._hit(item, who)

    async def guess(self, *who: str) -> list[Header]:
        """Counts one try against each of an address and a target."""
        headers: list[Header] = []
        if self.on:
            for each in who:
                headers = await self._hit(GUESSING, each)
        return headers

    async def pardon(self, *who: str) -> None:
        """Takes one try against each back: it was no guess."""
        if self.on:
            for each in who:
                await self._counts.hit(GUESSING.key_for(each), seconds=GUESSING.get_expiry(), amount=-1)

    async def excuse(self, address: str) -> None:
        """Takes an anonymous request back: it has proved to be a known party's."""
        if self.on:
            await self._counts.hit(ANONYMOUS.key_for(address), seconds=ANONYMOUS.get_expiry(), amount=-1)

    def health(self) -> dict[str, str]:
        """`ok` or what is wrong, by what may be."""
        return self._counts.health()

    async def aclose(self) -> None:
        await self._counts.aclose()

    async def _hit(self, item: RateLimitItem, who: str) -> list[Header]:
        seen, reset_at = await self._counts.hit(item.key_for(who), seconds=item.get_expiry())
        seconds = max(1, math.ceil(reset_at - time()))
        headers = [
            (b"ratelimit-limit", str(item.amount).encode()),
            (b"ratelimit-remaining", str(max(0, item.amount - seen)).encode()),
            (b"ratelimit-reset", str(seconds).encode()),
            (b"ratelimit-policy", f"{item.amount};w={item.get_expiry()}".encode()),
        ]
        if seen > item.amount:
            retry = (b"retry-after", str(seconds).encode())
            raise Problem(429, "rate-limited", "Too many requests; wait a while.", headers=[*headers, retry])
        return headers
