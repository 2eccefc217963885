"""What an account has under way, as a test says."""

from datetime import timedelta

from application.ports.open_orders import OpenOrder
from domain.shared.identifiers import AccountId


class FakeOpenOrders:
    """The same for everybody."""

    def __init__(self, *orders: OpenOrder) -> None:
        self.orders = orders

    async def of(self, account: AccountId, *, patience: timedelta) -> tuple[OpenOrder, ...]:
        return self.orders

    async def for_sale(self, account: AccountId, *, patience: timedelta) -> int:
        return 0
