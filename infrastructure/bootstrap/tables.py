"""What there is, as tables: commands and who decides them, projections, process managers, effects."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from application import (
    catalogue,
    deliveries,
    inventory,
    operations,
    payments,
    promotions,
    reporting,
    shopping,
    wishlist,
)
from application.ordering import cancelling, checkout, fulfilment, hiding
from application.policy import ShopPolicy
from application.ports.commands import Command, Result
from application.processes.account_mails import ACCOUNT_MAILS
from application.processes.closing_accounts import CLOSING_ACCOUNTS
from application.processes.closing_categories import CLOSING_CATEGORIES
from application.processes.demo_warehouse import demo_warehouse
from application.processes.low_stock import LOW_STOCK
from application.processes.order_mails import ORDER_MAILS
from application.processes.payment_mails import PAYMENT_MAILS
from application.processes.payment_settlement import PAYMENT_SETTLEMENT
from application.processes.process import ProcessManager
from application.processes.producing_reports import PRODUCING_REPORTS
from application.processes.refunds import REFUNDS
from application.processes.sale_windows import SALE_WINDOWS
from application.processes.unpaid_orders import UNPAID_ORDERS
from infrastructure.bootstrap.account_commands import ACCOUNT_COMMANDS
from infrastructure.bootstrap.catalogue_commands import CATALOGUE_COMMANDS
from infrastructure.bootstrap.webhook_commands import WEBHOOK_COMMANDS
from infrastructure.commandloop.batch import Handlers
from infrastructure.processes.driver import as_projection
from infrastructure.settings import Settings
from projections.accounts import ACCOUNTS
from projections.address_books import ADDRESS_BOOKS
from projections.carts import CARTS
from projections.catalogue import CATALOGUE
from projections.categories import CATEGORIES
from projections.coupons import COUPONS
from projections.order_history import ORDER_HISTORY
from projections.projection import Projection
from projections.reports import REPORTS
from projections.reviews import REVIEWS
from projections.sales import SALES
from projections.search import SEARCH
from projections.sessions import SESSIONS
from projections.stock_levels import STOCK_LEVELS
from projections.wishlists import WISHLISTS

_INVENTORY: Handlers = {
    inventory.AdjustStock: inventory.adjust_stock,
    inventory.SetStock: inventory.set_stock,
    inventory.SetThreshold: inventory.set_threshold,
}
_SHOPPING: Handlers = {
    shopping.AddToCart: shopping.add_to_cart,
    shopping.SetCartQuantity: shopping.set_cart_quantity,
    wishlist.AddWish: wishlist.add_wish,
    wishlist.RemoveWish: wishlist.remove_wish,
}
_ORDERING: Handlers = {
    fulfilment.AdvanceOrder: fulfilment.advance_order,
    hiding.DeleteOrder: hiding.delete_order,
    hiding.RestoreOrder: hiding.restore_order,
    cancelling.CancelOrder: cancelling.cancel_order,
    cancelling.ExpireOrder: cancelling.expire_order,
}
_PAYMENTS: Handlers = {
    payments.StartPayment: payments.start_payment,
    payments.RetryPayment: payments.retry_payment,
    payments.RecordCharge: payments.record_charge,
    payments.RequestRefund: payments.request_refund,
    payments.RecordRefund: payments.record_refund,
    deliveries.NoteDelivery: deliveries.note_delivery,
    deliveries.RefuseDelivery: deliveries.refuse_delivery,
}
_PROMOTIONS: Handlers = {
    promotions.SwitchCoupon: promotions.switch_coupon,
    promotions.DeleteCoupon: promotions.delete_coupon,
}
_REPORTING: Handlers = {
    reporting.RequestReport: reporting.request_report,
    reporting.FailReport: reporting.fail_report,
    reporting.ExpireReport: reporting.expire_report,
}
_WITH_POLICY: Mapping[type[Command], Callable[..., Result]] = {
    catalogue.ListProduct: catalogue.list_product,
    catalogue.EditProduct: catalogue.edit_product,
    shopping.RemoveFromCart: shopping.remove_from_cart,
    shopping.ClearCart: shopping.clear_cart,
    checkout.Checkout: checkout.checkout,
    fulfilment.AdvanceByItself: fulfilment.advance_by_itself,
    promotions.CreateCoupon: promotions.create_coupon,
    reporting.RecordReport: reporting.record_report,
}


def handlers(policy: ShopPolicy) -> Handlers:
    """Every command and who decides it."""
    return {
        **ACCOUNT_COMMANDS,
        **CATALOGUE_COMMANDS,
        **_INVENTORY,
        operations.RequestRebuild: operations.request_rebuild,
        **_SHOPPING,
        **_ORDERING,
        **_PAYMENTS,
        **_PROMOTIONS,
        **_REPORTING,
        **WEBHOOK_COMMANDS,
        **{command: partial(handler, policy=policy) for command, handler in _WITH_POLICY.items()},
    }


READ_MODELS: tuple[Projection, ...] = (
    ACCOUNTS,
    ADDRESS_BOOKS,
    SESSIONS,
    CATALOGUE,
    CATEGORIES,
    SEARCH,
    STOCK_LEVELS,
    REVIEWS,
    CARTS,
    WISHLISTS,
    ORDER_HISTORY,
    SALES,
    COUPONS,
    REPORTS,
)

_MANAGERS: tuple[ProcessManager[Any], ...] = (
    UNPAID_ORDERS,
    PAYMENT_SETTLEMENT,
    REFUNDS,
    CLOSING_ACCOUNTS,
    ACCOUNT_MAILS,
    LOW_STOCK,
    ORDER_MAILS,
    PAYMENT_MAILS,
    SALE_WINDOWS,
    CLOSING_CATEGORIES,
    PRODUCING_REPORTS,
)


def process_managers(*, auto_advance: timedelta | None) -> tuple[ProcessManager[Any], ...]:
    """As the settings have them: `auto_advance` is the demo warehouse's interval."""
    return (*_MANAGERS, demo_warehouse(auto_advance))


PROCESS_MANAGERS = process_managers(auto_advance=None)
"""By name and shape; whoever drives them takes those of its settings."""
MAILING_MANAGERS: tuple[ProcessManager[Any], ...] = (ACCOUNT_MAILS, LOW_STOCK, ORDER_MAILS, PAYMENT_MAILS)
"""Whose due commands wait for a mail server."""

LENGTHY_MANAGERS: tuple[ProcessManager[Any], ...] = (PRODUCING_REPORTS,)
"""Those of PROCESS_MANAGERS whose commands may take minutes."""


def projections(*, auto_advance: timedelta | None = None) -> tuple[Projection, ...]:
    """Everything a driver feeds: the read models, and the process managers in the same shape."""
    return (*READ_MODELS, *map(as_projection, process_managers(auto_advance=auto_advance)))


def policy(settings: Settings) -> ShopPolicy:
    return ShopPolicy(
        currency=settings.store_currency,
        tax_rate=settings.tax_rate,
        tax_inclusive=settings.tax_inclusive,
        payment_window=settings.payment_window,
        auto_advance=settings.auto_advance,
        report_retention=settings.report_retention,
    )
