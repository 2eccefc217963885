"""Rate limits: broad ones for every request, a narrow one on guessing secrets."""

import math
from time import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from api.answers import Header
from api.problems import Problem

WINDOW = 15
"""Minutes."""
ANONYMOUS = RateLimitItemPerMinute(100, WINDOW, namespace="anonymous")
ACCOUNT = RateLimitItemPerMinute(1_000, WINDOW, namespace="account")
GUESSING = RateLimitItemPerMinute(10, WINDOW, namespace="guessing")


class Limits:
    """Counts in this process's memory. Switched off, it lets everything pass and says nothing."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._counter = FixedWindowRateLimiter(MemoryStorage())

    def request(self, *, account: str | None, address: str) -> list[Header]:
        """Headers that say what is left; raises 429 when nothing is."""
        if not self.on:
            return []
        item, who = (ACCOUNT, account) if account else (ANONYMOUS, address)
        return self._hit(item, who)

    def guess(self, *who: str) -> list[Header]:
        """Counts one try against each of an address and a target."""
        headers: list[Header] = []
        if self.on:
            for each in who:
                headers = self._hit(GUESSING, each)
        return headers

    def _hit(self, item: RateLimitItem, who: str) -> list[Header]:
        allowed = self._counter.hit(item, who)
        reset_at, remaining = self._counter.get_window_stats(item, who)
        seconds = max(1, math.ceil(reset_at - time()))
        headers = [
            (b"ratelimit-limit", str(item.amount).encode()),
            (b"ratelimit-remaining", str(max(0, remaining)).encode()),
            (b"ratelimit-reset", str(seconds).encode()),
            (b"ratelimit-policy", f"{item.amount};w={item.get_expiry()}".encode()),
        ]
        if not allowed:
            retry = (b"retry-after", str(seconds).encode())
            raise Problem(429, "rate-limited", "Too many requests; wait a while.", headers=[*headers, retry])
        return headers
