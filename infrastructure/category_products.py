"""The port that counts what stands in a category, over the read model of products."""

import asyncio
from datetime import timedelta
from time import monotonic

from application.ports.category_products import ProductsNotKnown
from domain.shared.identifiers import CategoryId
from infrastructure.postgres.pools import Pool
from projections.category_products import products_in

PACE = 0.01
"""Seconds between two looks at how far the read model is; rare enough that nobody is woken for it."""


class PostgresCategoryProducts:
    """Looks again and again until the read model has got there, or time is up."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def count(self, category: CategoryId, *, patience: timedelta) -> int:
        deadline = monotonic() + patience.total_seconds()
        while True:
            try:
                async with self._pool.connection() as connection:
                    return await products_in(connection, category)
            except ProductsNotKnown:
                if monotonic() >= deadline:
                    raise
            await asyncio.sleep(PACE)
