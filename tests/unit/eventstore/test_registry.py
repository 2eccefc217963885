"""What the log holds, and who may see it."""

from domain.shared.category import Family
from infrastructure.eventstore.registry import CATEGORIES

PRIVATE = {"email-claim", "webhook"}
"""Streams that no projection and no topic sees."""

PUBLISHED = {
    "account": Family.CUSTOMERS,
    "session": Family.CUSTOMERS,
    "api-key": Family.CUSTOMERS,
    "report": Family.CUSTOMERS,
    "address-book": Family.CUSTOMERS,
    "cart": Family.CUSTOMERS,
    "wishlist": Family.CUSTOMERS,
    "category-tree": Family.CATALOGUE,
    "product": Family.CATALOGUE,
    "review": Family.CATALOGUE,
    "stock": Family.CATALOGUE,
    "order": Family.ORDERS,
    "payment": Family.ORDERS,
    "coupon": Family.PROMOTIONS,
}


def test_every_category_is_published_with_its_family_or_named_as_private() -> None:
    assert {each.name: each.family for each in CATEGORIES if each.family} == PUBLISHED
    assert {each.name for each in CATEGORIES if each.family is None} == PRIVATE


def test_no_two_categories_share_a_name() -> None:
    names = [each.name for each in CATEGORIES]
    assert len(names) == len(set(names))
