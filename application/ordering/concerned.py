"""Who has to do with an order, and with which of its lines."""

from application.access import admitted
from application.ports.commands import Touched, touching
from application.ports.work import Work
from domain.accounts.account import Account
from domain.accounts.events import Role
from domain.ordering.order import ORDERS, Order
from domain.payments.payment import PAYMENTS
from domain.shared.identifiers import AccountId, OrderId, payment_of
from domain.shared.refusal import NotFound


def order_for(work: Work, order_id: OrderId, *roles: Role) -> tuple[Order, AccountId | None]:
    """The order, and the seller whose lines alone are meant, where one asks. The shop itself may do anything.

    Raises NotFound for who has nothing to do with it, and Forbidden without one of the roles.
    """
    account = admitted(work, *roles)
    order = work.find(ORDERS, order_id)
    if order is None or (account is not None and not _concerns(order, account)):
        raise NotFound("There is no such order.")
    return order, account.id if account is not None and account.role is Role.SELLER else None


def _concerns(order: Order, account: Account) -> bool:
    match account.role:
        case Role.ADMIN:
            return True
        case Role.BUYER:
            return order.placed.buyer_id == account.id
        case Role.SELLER:
            return account.id in order.progress.parts


def order_and_payment(order_id: OrderId) -> Touched:
    return (*touching(ORDERS, order_id), *touching(PAYMENTS, payment_of(order_id)))
