"""A category whose removal nobody ended: whoever began it was cut off, so the shop looks for itself."""

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from application.categories import SettleCategory
from application.effects.effect import EffectPorts
from application.ports.commands import Command
from domain.shared.identifiers import CategoryId

PATIENCE = timedelta(seconds=5)
"""For the catalogue; then it is tried again later."""


class FinishRemoval(Command, frozen=True, kw_only=True):
    """Look whether any product stands in it, and remove the category or reopen it."""

    name: ClassVar[str] = "catalogue.finish-removal"
    category_id: CategoryId
    closing: UUID


async def finish_removal(command: FinishRemoval, ports: EffectPorts) -> None:
    """Raises ProductsNotKnown. Where it was settled meanwhile nothing happens."""
    products = await ports.category_products.count(command.category_id, patience=PATIENCE)
    settle = SettleCategory(category_id=command.category_id, closing=command.closing, products=products)
    await ports.submit(settle, f"settle:{products}")
