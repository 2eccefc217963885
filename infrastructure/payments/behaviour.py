"""How the simulated provider behaves: the client's transaction id says what is to happen."""

from enum import Enum
from uuid import UUID

FAILURES = 2
"""How often a charge with `txn_error…` fails before it succeeds."""
DECLINE_REASON = "The simulated bank declined."


class Behaviour(Enum):
    SUCCEED = ""
    DECLINE = "txn_decline"
    TIME_OUT = "txn_timeout"
    """The money is taken, but the answer is lost."""
    FAIL_AT_FIRST = "txn_error"

    @classmethod
    def of(cls, reference: str | None) -> "Behaviour":
        named = (way for way in cls if way.value and (reference or "").startswith(way.value))
        return next(named, cls.SUCCEED)


def transaction_id_of(key: UUID, reference: str | None) -> str:
    """The client's own, where it gave one: the simulator believes it."""
    return reference or f"sim_{key.hex}"
