"""What happens to the categories that products stand in."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.shared.event import Event
from domain.shared.identifiers import CategoryId


class CategoryAdded(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.category-added"
    category_id: CategoryId
    name: str
    parent_id: CategoryId | None
    """None at the top of the tree."""
    tax_rate: int | None
    """Basis points, 0 to 10,000; None takes the parent's, and at the top the shop's."""
    at: datetime


class CategoryRenamed(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.category-renamed"
    category_id: CategoryId
    name: str
    at: datetime


class CategoryMoved(Event, frozen=True, kw_only=True):
    """With all that stands below it."""

    topic: ClassVar[str] = "catalogue.category-moved"
    category_id: CategoryId
    parent_id: CategoryId | None
    """None at the top of the tree."""
    at: datetime


class CategoryTaxRateSet(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.category-tax-rate-set"
    category_id: CategoryId
    tax_rate: int | None
    """Basis points, 0 to 10,000; None takes the parent's, and at the top the shop's."""
    at: datetime


class CategoryClosing(Event, frozen=True, kw_only=True):
    """Nothing comes in any more. It is removed when it is found empty, and reopened when it is not."""

    topic: ClassVar[str] = "catalogue.category-closing"
    category_id: CategoryId
    closing: UUID
    """Which closing this is: what was found out during one says nothing about the next."""
    at: datetime


class CategoryReopened(Event, frozen=True, kw_only=True):
    """It was not empty."""

    topic: ClassVar[str] = "catalogue.category-reopened"
    category_id: CategoryId
    at: datetime


class CategoryRemoved(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.category-removed"
    category_id: CategoryId
    at: datetime


CategoryEvent = (
    CategoryAdded
    | CategoryRenamed
    | CategoryMoved
    | CategoryTaxRateSet
    | CategoryClosing
    | CategoryReopened
    | CategoryRemoved
)
