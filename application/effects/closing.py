"""A closing that nobody ended: whoever began it was cut off, so the shop looks for itself."""

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from application.accounts.closing import EndClosing
from application.effects.effect import EffectPorts
from application.ports.commands import Command
from domain.shared.identifiers import AccountId

PATIENCE = timedelta(seconds=5)
"""For the read model of orders; then it is tried again later."""


class SettleClosing(Command, frozen=True, kw_only=True):
    """Look whether anything is under way, and delete the account or reopen it."""

    name: ClassVar[str] = "accounts.settle-closing"
    account_id: AccountId
    closing: UUID


async def settle_closing(command: SettleClosing, ports: EffectPorts) -> None:
    """A refusal is no fault: it was ended meanwhile. Raises OrdersNotKnown."""
    undelivered = await ports.open_orders.of(command.account_id, patience=PATIENCE)
    for_sale = await ports.open_orders.for_sale(command.account_id, patience=PATIENCE)
    end = EndClosing(account_id=command.account_id, closing=command.closing, undelivered=undelivered, for_sale=for_sale)
    await ports.submit(end, f"end:{len(undelivered)}:{for_sale}")
