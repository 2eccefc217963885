"""Every category the log knows, and how older versions of their events become current ones."""

from collections.abc import Mapping
from typing import Any

from domain.accounts.account import ACCOUNTS
from domain.accounts.address_book import ADDRESS_BOOKS
from domain.accounts.api_key import API_KEYS
from domain.accounts.email_claim import EMAIL_CLAIMS
from domain.accounts.session import SESSIONS
from domain.catalogue.categories import CATEGORY_TREES
from domain.catalogue.product import PRODUCTS
from domain.catalogue.review import REVIEWS
from domain.inventory.stock import STOCKS
from domain.ordering.order import ORDERS
from domain.payments.payment import PAYMENTS
from domain.promotions.coupon import COUPONS
from domain.reporting.report import REPORTS
from domain.shared.category import Category
from domain.shopping.cart import CARTS
from domain.shopping.wishlist import WISHLISTS
from domain.webhooks.webhook import WEBHOOKS
from infrastructure.eventstore.codec import EventCodec, Upcast

CATEGORIES: tuple[Category[Any, Any], ...] = (
    ACCOUNTS,
    EMAIL_CLAIMS,
    SESSIONS,
    ADDRESS_BOOKS,
    CATEGORY_TREES,
    API_KEYS,
    PRODUCTS,
    REVIEWS,
    STOCKS,
    CARTS,
    WISHLISTS,
    ORDERS,
    PAYMENTS,
    COUPONS,
    REPORTS,
    WEBHOOKS,
)

UPCASTS: Mapping[tuple[str, int], Upcast] = {}


def event_codec() -> EventCodec:
    """The codec of the whole shop."""
    return EventCodec(CATEGORIES, UPCASTS)
