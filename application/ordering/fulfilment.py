"""Orders on their way: begun, shipped, delivered, each seller's lines by themselves."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from application.access import require_the_shop, require_version
from application.ordering.concerned import order_and_payment, order_for
from application.ordering.results import OrderStands, standing
from application.policy import ShopPolicy
from application.ports.commands import Command, Result, Touched
from application.ports.work import Work
from domain.accounts.events import Role
from domain.inventory.stock import STOCKS
from domain.ordering.events import OrderLinesShipped
from domain.ordering.order import ORDERS, Order
from domain.ordering.progress import FOLLOWING, Status
from domain.payments.following import collect
from domain.payments.payment import PAYMENTS
from domain.shared.identifiers import AccountId, OrderId, ProductId, payment_of, stock_of


class AdvanceOrder(Command, frozen=True, kw_only=True):
    """A seller's own lines, or for an admin all that are not there yet, take the step to this status."""

    name: ClassVar[str] = "ordering.advance-order"
    order_id: OrderId
    status: Status
    expected_version: int | None = None

    def streams(self) -> Touched:
        return order_and_payment(self.order_id)


class AdvanceByItself(Command, frozen=True, kw_only=True):
    """The demo's warehouse takes a step with an order that has stood still since then. Due."""

    name: ClassVar[str] = "ordering.advance-order-by-itself"
    order_id: OrderId
    since: datetime

    def streams(self) -> Touched:
        return order_and_payment(self.order_id)


class AdvanceKept(Result, frozen=True, kw_only=True):
    order_id: OrderId
    status: str


def advance_order(command: AdvanceOrder, work: Work) -> OrderStands:
    order, seller = order_for(work, command.order_id, Role.SELLER, Role.ADMIN)
    require_version(work, command.order_id, command.expected_version)
    _advance(work, order, command.status, seller=seller)
    return standing(work, work.get(ORDERS, command.order_id), seller=seller)


def advance_by_itself(command: AdvanceByItself, work: Work, *, policy: ShopPolicy) -> AdvanceKept:
    """For the shop itself. Nothing where the order moved since, is deleted, or there is no further step."""
    require_the_shop(work)
    order = work.get(ORDERS, command.order_id)
    to = FOLLOWING.get(order.status)
    moves = policy.auto_advance is not None and order.deleted_at is None and order.updated_at == command.since
    if moves and to is not None:
        _advance(work, order, to)
    return AdvanceKept(order_id=command.order_id, status=work.get(ORDERS, command.order_id).status)


def _advance(work: Work, order: Order, to: Status, *, seller: AccountId | None = None) -> None:
    """One step, with what it takes off the shelf and into the till."""
    order_id = order.placed.order_id
    moved = order.advance(to, seller=seller, at=work.now)
    work.record(ORDERS, order_id, moved)
    shipped = (event.product_ids for event in moved if isinstance(event, OrderLinesShipped))
    _ship(work, order_id, [product_id for product_ids in shipped for product_id in product_ids])
    collect_at_the_door(work, order_id)


def collect_at_the_door(work: Work, order_id: OrderId) -> None:
    """Cash is taken once, when the last live line is delivered: then the payment succeeds in the same append."""
    payment = work.find(PAYMENTS, payment_of(order_id))
    if payment is not None and work.get(ORDERS, order_id).status is Status.DELIVERED:
        work.record(PAYMENTS, payment.id, collect(payment, at=work.now))


def _ship(work: Work, order_id: OrderId, products: Iterable[ProductId]) -> None:
    for stock in work.find_all(STOCKS, [stock_of(product_id) for product_id in products]):
        if stock is not None:
            work.record(STOCKS, stock_of(stock.product_id), stock.ship(order_id))
