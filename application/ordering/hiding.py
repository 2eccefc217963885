"""Deleting an order, which hides it and holds its mails and the demo's warehouse, and bringing it back."""

from typing import ClassVar

from application.access import require_version
from application.ordering.concerned import order_for
from application.ordering.results import OrderStands, standing
from application.ports.commands import Command, Touched, touching
from application.ports.work import Work
from domain.accounts.events import Role
from domain.ordering.hiding import delete, restore
from domain.ordering.order import ORDERS
from domain.shared.identifiers import OrderId


class DeleteOrder(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "ordering.delete-order"
    order_id: OrderId
    expected_version: int | None = None

    def streams(self) -> Touched:
        return touching(ORDERS, self.order_id)


class RestoreOrder(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "ordering.restore-order"
    order_id: OrderId

    def streams(self) -> Touched:
        return touching(ORDERS, self.order_id)


def delete_order(command: DeleteOrder, work: Work) -> OrderStands:
    order, _ = order_for(work, command.order_id, Role.BUYER, Role.ADMIN)
    require_version(work, command.order_id, command.expected_version)
    work.record(ORDERS, command.order_id, delete(order, by=work.actor, at=work.now))
    return standing(work, work.get(ORDERS, command.order_id))


def restore_order(command: RestoreOrder, work: Work) -> OrderStands:
    order, _ = order_for(work, command.order_id, Role.BUYER, Role.ADMIN)
    work.record(ORDERS, command.order_id, restore(order, by=work.actor, at=work.now))
    return standing(work, work.get(ORDERS, command.order_id))
