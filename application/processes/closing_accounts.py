"""A closing that its request did not end is ended by the shop.

AccountClosing                  ──▶ 30 s later: SettleClosing
AccountReopened, AccountDeleted ──▶ no longer
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from application.effects.closing import SettleClosing
from application.processes.process import Decision, Due, ProcessManager, Withdraw
from domain.accounts.events import AccountClosing, AccountDeleted, AccountReopened
from domain.shared.event import Event

GRACE = timedelta(seconds=30)
"""What the request that closed the door is given to look behind it by itself."""


class OpenClosing(msgspec.Struct, frozen=True):
    """A closing that has not ended."""

    closing: UUID


def instance(event: Event) -> UUID | None:
    match event:
        case AccountClosing() | AccountReopened() | AccountDeleted():
            return event.account_id
        case _:
            return None


def react(open_closing: OpenClosing | None, event: Event) -> tuple[OpenClosing | None, Sequence[Decision]]:
    match event:
        case AccountClosing(account_id=account_id, closing=closing, at=at):
            settle = SettleClosing(account_id=account_id, closing=closing)
            return OpenClosing(closing), (Due(_settle(closing), settle, at=at + GRACE),)
        case AccountReopened(closing=closing) | AccountDeleted(closing=closing) if open_closing is not None:
            return None, (Withdraw(_settle(closing)),)
        case _:
            return open_closing, ()


def _settle(closing: UUID) -> str:
    return f"settle:{closing}"


CLOSING_ACCOUNTS: ProcessManager[OpenClosing] = ProcessManager(
    name="closing-accounts",
    version=1,
    events=(AccountClosing, AccountReopened, AccountDeleted),
    state=OpenClosing,
    instance=instance,
    react=react,
)
