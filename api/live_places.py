"""How many may listen at once: in all, and from one address."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from api.problems import Problem, later

MOST = 5_000
"""In one process."""
MOST_OF_ONE = 20
"""From one address, in one process."""
RETRY = 30
"""Seconds."""


class Places:
    """Each that listens takes one for as long as it does."""

    def __init__(self, *, limited: bool) -> None:
        """Without limits only the bound of all holds."""
        self._limited = limited
        self._taken = Counter[str]()
        self._all = 0

    @contextmanager
    def place(self, address: str) -> Iterator[None]:
        """Raises 429 where the address has too many, and 503 where all are taken."""
        if self._limited and self._taken[address] >= MOST_OF_ONE:
            detail = f"At most {MOST_OF_ONE} streams may be open from one address."
            raise Problem(429, "too-many-streams", detail, headers=[(b"retry-after", str(RETRY).encode())])
        if self._all >= MOST:
            raise later("overloaded", "Too many are listening.", RETRY)
        self._all += 1
        self._taken[address] += 1
        try:
            yield
        finally:
            self._all -= 1
            self._taken[address] -= 1
            if not self._taken[address]:
                del self._taken[address]
