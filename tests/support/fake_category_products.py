"""How many products stand in a category, as a test says."""

from datetime import timedelta

from domain.shared.identifiers import CategoryId


class FakeCategoryProducts:
    """The same number in each."""

    def __init__(self, products: int = 0) -> None:
        self.products = products

    async def count(self, category: CategoryId, *, patience: timedelta) -> int:
        del category, patience
        return self.products
