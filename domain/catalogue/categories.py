"""The tree of categories that products stand in: one stream, so that no two changes can make a cycle of it."""

from datetime import datetime
from typing import assert_never
from uuid import UUID

import msgspec
from immutables import Map
from msgspec.structs import replace

from domain.catalogue.branches import Node, Nodes, alike, children_of, height_of, path_of
from domain.catalogue.category_events import (
    CategoryAdded,
    CategoryClosing,
    CategoryEvent,
    CategoryMoved,
    CategoryRemoved,
    CategoryRenamed,
    CategoryReopened,
    CategoryTaxRateSet,
)
from domain.shared.category import Category, Family
from domain.shared.identifiers import CATEGORY_TREE, CategoryId
from domain.shared.money import BASIS_POINTS
from domain.shared.refusal import AlreadyExists, NotFound, Refusal

MAX_CATEGORIES = 5_000
"""Keeps a snapshot of the tree near a megabyte."""
MAX_DEPTH = 12
"""Levels, the top one included."""


class CategoryNameTaken(Refusal):
    """Categories side by side have different names, whatever their case."""

    code = "category-name-taken"


class CategoryInsideItself(Refusal):
    """A category cannot stand below itself."""

    code = "category-inside-itself"


class CategoryTooDeep(Refusal):
    """The tree has at most 12 levels."""

    code = "category-too-deep"


class TooManyCategories(Refusal):
    """The tree has at most 5,000 categories."""

    code = "too-many-categories"


class CategoryIsClosing(Refusal):
    """The category is about to be removed: nothing comes in or changes until that is settled."""

    code = "category-is-closing"


class CategoryNotEmpty(Refusal):
    """Only an empty category can be removed."""

    code = "category-not-empty"


class UnknownCategory(Refusal):
    """What was to stand in a category names one that is not there."""

    code = "unknown-category"


class TaxRateOutOfRange(Refusal):
    """A tax rate is 0 to 100 %."""

    code = "tax-rate-out-of-range"


class CategoryTree(msgspec.Struct, frozen=True):
    """All categories of the shop."""

    nodes: Nodes = Map()

    def add(
        self, category_id: CategoryId, *, name: str, parent_id: CategoryId | None, tax_rate: int | None, at: datetime
    ) -> tuple[CategoryEvent, ...]:
        if category_id in self.nodes:
            raise AlreadyExists("There is a category with this identifier.")
        if len(self.nodes) >= MAX_CATEGORIES:
            raise TooManyCategories(f"There are at most {MAX_CATEGORIES:,} categories.")
        _require_rate(tax_rate)
        self._require_room(parent_id, height=1)
        self._require_free(parent_id, name, but=None)
        added = CategoryAdded(category_id=category_id, name=name, parent_id=parent_id, tax_rate=tax_rate, at=at)
        return (added,)

    def place(
        self, category_id: CategoryId, *, name: str, parent_id: CategoryId | None, at: datetime
    ) -> tuple[CategoryEvent, ...]:
        """Its name and its parent from now on. What stands below it comes along, so it never goes below itself."""
        node, events = self._changeable(category_id), list[CategoryEvent]()
        if parent_id is not None and category_id in path_of(self.nodes, parent_id):
            raise CategoryInsideItself(f"{node.name} cannot stand below itself.")
        if parent_id != node.parent_id:
            self._require_room(parent_id, height=height_of(self.nodes, category_id))
            events.append(CategoryMoved(category_id=category_id, parent_id=parent_id, at=at))
        if name != node.name:
            events.append(CategoryRenamed(category_id=category_id, name=name, at=at))
        if events:
            self._require_free(parent_id, name, but=category_id)
        return tuple(events)

    def set_tax_rate(self, category_id: CategoryId, tax_rate: int | None, at: datetime) -> tuple[CategoryEvent, ...]:
        node = self._changeable(category_id)
        _require_rate(tax_rate)
        if tax_rate == node.tax_rate:
            return ()
        return (CategoryTaxRateSet(category_id=category_id, tax_rate=tax_rate, at=at),)

    def close(self, category_id: CategoryId, closing: UUID, at: datetime) -> tuple[CategoryEvent, ...]:
        """Begins its removal; a removal that has begun goes on. Raises CategoryNotEmpty where others stand below it."""
        node = self.get(category_id)
        if next(children_of(self.nodes, category_id), None) is not None:
            raise CategoryNotEmpty(f"Other categories stand below {node.name}.")
        if node.closing is not None:
            return ()
        return (CategoryClosing(category_id=category_id, closing=closing, at=at),)

    def settle(
        self, category_id: CategoryId, closing: UUID, *, products: int, at: datetime
    ) -> tuple[CategoryEvent, ...]:
        """Ends its removal, now that it is known how many products stand in it; nothing where that was settled."""
        node = self.nodes.get(category_id)
        if node is None or node.closing != closing:
            return ()
        if products:
            return (CategoryReopened(category_id=category_id, at=at),)
        return (CategoryRemoved(category_id=category_id, at=at),)

    def require_open(self, category_id: CategoryId) -> None:
        """Raises UnknownCategory and CategoryIsClosing: whether something may be put into it."""
        node = self.nodes.get(category_id)
        if node is None:
            raise UnknownCategory("There is no such category.")
        if node.closing is not None:
            raise CategoryIsClosing(f"{node.name} is being removed.")

    def tax_rate_of(self, category_id: CategoryId | None) -> int | None:
        """Basis points; its own or that of the nearest above it. None where the shop's own rate holds."""
        rates = (self.nodes[each].tax_rate for each in path_of(self.nodes, category_id))
        return next((rate for rate in rates if rate is not None), None)

    def get(self, category_id: CategoryId) -> Node:
        """Raises NotFound."""
        node = self.nodes.get(category_id)
        if node is None:
            raise NotFound("There is no such category.")
        return node

    def name_of(self, category_id: CategoryId) -> str | None:
        node = self.nodes.get(category_id)
        return node.name if node else None

    def _changeable(self, category_id: CategoryId) -> Node:
        node = self.get(category_id)
        self.require_open(category_id)
        return node

    def _require_room(self, parent_id: CategoryId | None, *, height: int) -> None:
        """That a branch of this height may stand below the parent."""
        if parent_id is not None:
            self.require_open(parent_id)
        if len(path_of(self.nodes, parent_id)) + height > MAX_DEPTH:
            raise CategoryTooDeep(f"The tree has at most {MAX_DEPTH} levels.")

    def _require_free(self, parent_id: CategoryId | None, name: str, *, but: CategoryId | None) -> None:
        wanted, siblings = alike(name), children_of(self.nodes, parent_id)
        if any(each != but and alike(self.nodes[each].name) == wanted for each in siblings):
            raise CategoryNameTaken(f"There is another {name} in this place.")


EMPTY = CategoryTree()
"""What there is before the first category."""


def _require_rate(tax_rate: int | None) -> None:
    if tax_rate is not None and not 0 <= tax_rate <= BASIS_POINTS:
        raise TaxRateOutOfRange("A tax rate is 0 to 100 %.")


def evolve(tree: CategoryTree | None, event: CategoryEvent) -> CategoryTree:
    """The tree after the event."""
    nodes = (tree or EMPTY).nodes
    match event:
        case CategoryAdded(name=name, parent_id=parent_id, tax_rate=tax_rate, at=at):
            return CategoryTree(nodes.set(event.category_id, Node(name, parent_id, tax_rate, 1, at, at)))
        case CategoryRemoved(category_id=category_id):
            return CategoryTree(nodes.delete(category_id))
        case _:
            return CategoryTree(nodes.set(event.category_id, _changed(nodes[event.category_id], event)))


def _changed(
    node: Node, event: CategoryRenamed | CategoryMoved | CategoryTaxRateSet | CategoryClosing | CategoryReopened
) -> Node:
    now = replace(node, version=node.version + 1, updated_at=event.at)
    match event:
        case CategoryRenamed(name=name):
            return replace(now, name=name)
        case CategoryMoved(parent_id=parent_id):
            return replace(now, parent_id=parent_id)
        case CategoryTaxRateSet(tax_rate=tax_rate):
            return replace(now, tax_rate=tax_rate)
        case CategoryClosing(closing=closing):
            return replace(now, closing=closing)
        case CategoryReopened():
            return replace(now, closing=None)
        case _:
            assert_never(event)


CATEGORY_TREES: Category[CategoryTree, CategoryEvent] = Category(
    name="category-tree",
    family=Family.CATALOGUE,
    events=(
        CategoryAdded,
        CategoryRenamed,
        CategoryMoved,
        CategoryTaxRateSet,
        CategoryClosing,
        CategoryReopened,
        CategoryRemoved,
    ),
    state=CategoryTree,
    evolve=evolve,
    key=lambda _: CATEGORY_TREE,
)
