"""Typed identifiers, and the ones that are derived from others."""

from functools import lru_cache
from typing import NewType
from uuid import UUID, uuid5

AccountId = NewType("AccountId", UUID)
SessionId = NewType("SessionId", UUID)
ProductId = NewType("ProductId", UUID)
ImageId = NewType("ImageId", UUID)
CategoryId = NewType("CategoryId", UUID)
CategoryTreeId = NewType("CategoryTreeId", UUID)
StockId = NewType("StockId", UUID)
CartId = NewType("CartId", UUID)
WishlistId = NewType("WishlistId", UUID)
ReviewId = NewType("ReviewId", UUID)
OrderId = NewType("OrderId", UUID)
PaymentId = NewType("PaymentId", UUID)
RefundId = NewType("RefundId", UUID)
ClaimId = NewType("ClaimId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
CouponId = NewType("CouponId", UUID)
ChallengeId = NewType("ChallengeId", UUID)
AddressBookId = NewType("AddressBookId", UUID)
AddressId = NewType("AddressId", UUID)
ReportId = NewType("ReportId", UUID)
ReportFileId = NewType("ReportFileId", UUID)
WebhookId = NewType("WebhookId", UUID)

_NAMESPACE = UUID("6c1f0a52-6c8e-5d5b-9d0b-3f6f6a8f2f10")


def derived(kind: str, *parts: object) -> UUID:
    """The same identifier for the same kind and parts, for ever: part of what is stored."""
    return uuid5(_NAMESPACE, ":".join((kind, *map(str, parts))))


CATEGORY_TREE = CategoryTreeId(derived("category-tree"))
"""The shop has one tree, and so one stream for all categories."""


@lru_cache(maxsize=65_536)
def stock_of(product: ProductId) -> StockId:
    """A product has one stock stream."""
    return StockId(derived("stock", product))


@lru_cache(maxsize=65_536)
def open_cart_of(buyer: AccountId) -> CartId:
    """A buyer has one cart, used again after each checkout."""
    return CartId(derived("cart", buyer))


@lru_cache(maxsize=65_536)
def address_book_of(account: AccountId) -> AddressBookId:
    """An account has one address book."""
    return AddressBookId(derived("address-book", account))


@lru_cache(maxsize=65_536)
def wishlist_of(buyer: AccountId) -> WishlistId:
    """A buyer has one wishlist."""
    return WishlistId(derived("wishlist", buyer))


@lru_cache(maxsize=65_536)
def review_of(product: ProductId, buyer: AccountId) -> ReviewId:
    """A buyer has one review of a product; what was deleted may be written again in its place."""
    return ReviewId(derived("review", product, buyer))


@lru_cache(maxsize=65_536)
def payment_of(order: OrderId) -> PaymentId:
    """An order has one payment, with as many attempts as it takes."""
    return PaymentId(derived("payment", order))
