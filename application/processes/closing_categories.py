"""A removal that its request did not end is ended by the shop.

CategoryClosing                   ──▶ 30 s later: FinishRemoval
CategoryReopened, CategoryRemoved ──▶ no longer
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from application.effects.categories import FinishRemoval
from application.processes.process import Decision, Due, ProcessManager, Withdraw
from domain.catalogue.category_events import CategoryClosing, CategoryRemoved, CategoryReopened
from domain.shared.event import Event

GRACE = timedelta(seconds=30)
"""What the request that closed the door is given to look behind it by itself."""


class OpenRemoval(msgspec.Struct, frozen=True):
    """A closing that has not ended."""

    closing: UUID


def instance(event: Event) -> UUID | None:
    match event:
        case CategoryClosing() | CategoryReopened() | CategoryRemoved():
            return event.category_id
        case _:
            return None


def react(removal: OpenRemoval | None, event: Event) -> tuple[OpenRemoval | None, Sequence[Decision]]:
    match event:
        case CategoryClosing(category_id=category_id, closing=closing, at=at):
            finish = FinishRemoval(category_id=category_id, closing=closing)
            return OpenRemoval(closing), (Due(_finish(closing), finish, at=at + GRACE),)
        case CategoryReopened() | CategoryRemoved() if removal is not None:
            return None, (Withdraw(_finish(removal.closing)),)
        case _:
            return removal, ()


def _finish(closing: UUID) -> str:
    return f"finish:{closing}"


CLOSING_CATEGORIES: ProcessManager[OpenRemoval] = ProcessManager(
    name="closing-categories",
    version=1,
    events=(CategoryClosing, CategoryReopened, CategoryRemoved),
    state=OpenRemoval,
    instance=instance,
    react=react,
)
