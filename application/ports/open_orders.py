"""What an account still has under way: orders that were placed before it was closed, and products for sale."""

from datetime import timedelta
from typing import Protocol

import msgspec

from domain.shared.identifiers import AccountId, OrderId


class OpenOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Neither delivered nor cancelled."""

    order_id: OrderId
    order_number: str
    status: str


class OrdersNotKnown(Exception):
    """A read model has not reached the account's latest event yet."""


class OpenOrders(Protocol):
    async def of(self, account: AccountId, *, patience: timedelta) -> tuple[OpenOrder, ...]:
        """Those the account bought or is to sell, all that were placed before its latest event, oldest first.

        Waits as long for the read model of orders to get there; raises OrdersNotKnown.
        """

    async def for_sale(self, account: AccountId, *, patience: timedelta) -> int:
        """How many products of the account are listed. Waits as above for the catalogue; raises OrdersNotKnown."""
