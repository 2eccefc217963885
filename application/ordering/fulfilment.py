"""Orders on their way: begun, shipped, delivered, each seller's lines by themselves."""

from collections.abc import Iterable
from typing import ClassVar

from application.access import require_version
from application.ordering.concerned import order_and_payment, order_for
from application.ordering.results import OrderStands, standing
from application.ports.commands import Command, Touched
from application.ports.work import Work
from domain.accounts.events import Role
from domain.inventory.stock import STOCKS
from domain.ordering.events import OrderLinesShipped
from domain.ordering.order import ORDERS
from domain.ordering.progress import Status
from domain.payments.following import collect
from domain.payments.payment import PAYMENTS
from domain.shared.identifiers import OrderId, ProductId, payment_of, stock_of


class AdvanceOrder(Command, frozen=True, kw_only=True):
    """A seller's own lines, or for an admin all that are not there yet, take the step to this status."""

    name: ClassVar[str] = "ordering.advance-order"
    order_id: OrderId
    status: Status
    expected_version: int | None = None

    def streams(self) -> Touched:
        return order_and_payment(self.order_id)


def advance_order(command: AdvanceOrder, work: Work) -> OrderStands:
    order, seller = order_for(work, command.order_id, Role.SELLER, Role.ADMIN)
    require_version(work, command.order_id, command.expected_version)
    moved = order.advance(command.status, seller=seller, at=work.now)
    work.record(ORDERS, command.order_id, moved)
    shipped = (event.product_ids for event in moved if isinstance(event, OrderLinesShipped))
    _ship(work, command.order_id, [product_id for product_ids in shipped for product_id in product_ids])
    collect_at_the_door(work, command.order_id)
    return standing(work, work.get(ORDERS, command.order_id), seller=seller)


def collect_at_the_door(work: Work, order_id: OrderId) -> None:
    """Cash is taken once, when the last live line is delivered: then the payment succeeds in the same append."""
    payment = work.find(PAYMENTS, payment_of(order_id))
    if payment is not None and work.get(ORDERS, order_id).status is Status.DELIVERED:
        work.record(PAYMENTS, payment.id, collect(payment, at=work.now))


def _ship(work: Work, order_id: OrderId, products: Iterable[ProductId]) -> None:
    for stock in work.find_all(STOCKS, [stock_of(product_id) for product_id in products]):
        if stock is not None:
            work.record(STOCKS, stock_of(stock.product_id), stock.ship(order_id))
