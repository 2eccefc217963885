"""How many products stand in a category, as far as those that went in before it was closed."""

from datetime import timedelta
from typing import Protocol

from domain.shared.identifiers import CategoryId


class ProductsNotKnown(Exception):
    """The catalogue has not reached the latest event of the category tree yet."""


class CategoryProducts(Protocol):
    async def count(self, category: CategoryId, *, patience: timedelta) -> int:
        """Withdrawn ones too, which may come back; all that went in before the tree's latest event.

        Waits as long for the catalogue to get there; raises ProductsNotKnown.
        """
