"""The port that says what an account has under way, over the read model of orders."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic
from typing import TypeVar

from application.ports.open_orders import OpenOrder, OrdersNotKnown
from domain.shared.identifiers import AccountId
from infrastructure.postgres.pools import Pool
from projections.open_orders import open_orders, products_for_sale
from projections.projection import Connection

T = TypeVar("T")

PACE = 0.01
"""Seconds between two looks at how far the read model is; rare enough that nobody is woken for it."""


class PostgresOpenOrders:
    """Looks again and again until the read model has got there, or time is up."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, account: AccountId, *, patience: timedelta) -> tuple[OpenOrder, ...]:
        return await self._known(open_orders, account, patience)

    async def for_sale(self, account: AccountId, *, patience: timedelta) -> int:
        return await self._known(products_for_sale, account, patience)

    async def _known(
        self, ask: Callable[[Connection, AccountId], Awaitable[T]], account: AccountId, patience: timedelta
    ) -> T:
        deadline = monotonic() + patience.total_seconds()
        while True:
            try:
                async with self._pool.connection() as connection:
                    return await ask(connection, account)
            except OrdersNotKnown:
                if monotonic() >= deadline:
                    raise
            await asyncio.sleep(PACE)
