"""Reading one's own writes: where a write went, and waiting until a read model has got there."""

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from api.problems import later, unprocessable
from application.ports.commands import Outcome

if TYPE_CHECKING:
    from api.call import Call

PATIENCE = 1.0
"""Seconds, for a read that names the position it must have seen."""
COURTESY = 0.25
"""Seconds, for a read by an account that wrote before."""
MOST_SLOTS = 128
LONGEST_TOKEN = 8_192


class Positioned:
    """Where the commands of one request went: the last position per slot."""

    __slots__ = ("slots",)

    def __init__(self) -> None:
        self.slots: dict[str, int] = {}

    def wrote(self, outcome: Outcome) -> None:
        for slot, position in outcome.slots.items():
            self.slots[slot] = max(position, self.slots.get(slot, 0))

    def token(self) -> bytes | None:
        """What X-Position says; None where nothing was written."""
        if not self.slots:
            return None
        return base64.urlsafe_b64encode(msgspec.json.encode(self.slots, order="sorted")).rstrip(b"=")


def slots_of(token: bytes) -> dict[str, int]:
    """What X-Min-Position asks for; raises a Problem for a text that was never an X-Position."""
    try:
        if len(token) > LONGEST_TOKEN:
            raise ValueError("too long")
        raw = base64.urlsafe_b64decode(token + b"=" * (-len(token) % 4))
        slots = msgspec.json.decode(raw, type=dict[str, int])
        if not slots or len(slots) > MOST_SLOTS or any(position < 0 for position in slots.values()):
            raise ValueError("out of range")
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise unprocessable("invalid-position", "X-Min-Position takes what X-Position said.") from error
    return slots


async def catch_up(call: "Call", *projections: str) -> None:
    """Waits for these read models; a read that asked for a position gets it or 503, others get what there is."""
    token = call.given.get(b"x-min-position")
    if token is not None:
        if not await _wait(call, projections, slots_of(token), PATIENCE):
            raise later("not-caught-up", "The read model has not reached that position yet.")
    elif call.claims is not None:
        written = await call.services.directory.last_written(call.claims.account)
        if written and not await _wait(call, projections, written, COURTESY):
            call.extra.append((b"x-stale", b"true"))


def seen_to_the_end(call: "Call", *, complete: bool) -> None:
    """For a read that goes over the log itself: `complete` where it had all of it. As `catch_up`, without the wait."""
    token = call.given.get(b"x-min-position")
    if token is not None:
        slots_of(token)
        if not complete:
            raise later("not-caught-up", "The read model has not reached that position yet.")
    elif not complete:
        call.extra.append((b"x-stale", b"true"))


async def _wait(call: "Call", projections: tuple[str, ...], slots: Mapping[str, int], seconds: float) -> bool:
    return await call.services.positions.wait(projections, slots, seconds=seconds)
