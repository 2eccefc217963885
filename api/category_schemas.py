"""Categories as clients send and see them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from api.answers import View
from api.fields import Body, Name, Percentage, absent
from api.product_schemas import percentage
from application.categories import CategoryKept
from domain.shared.identifiers import CategoryId
from projections.categories import CategoryRow

EXAMPLE = {"name": "Kettles", "parentId": "c7d1f0de-1c0b-5e2f-8f3e-4f9f8a1d2c3b", "taxRate": 12}
EXAMPLE_VIEW: dict[str, object] = {
    "id": "1c9a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10",
    "name": "Kettles",
    "parentId": "c7d1f0de-1c0b-5e2f-8f3e-4f9f8a1d2c3b",
    "taxRate": 12.00,
    "effectiveTaxRate": 12.00,
    "version": 1,
    "createdAt": "2026-11-21T12:00:00Z",
    "updatedAt": "2026-11-21T12:00:00Z",
}
EXAMPLE_TREE = {"items": [EXAMPLE_VIEW | {"parentId": None, "name": "Kitchen", "children": []}], "total": 1}


class NewCategory(Body):
    name: Name
    parent_id: UUID | None = None
    """None at the top of the tree."""
    tax_rate: Percentage | None = None
    """A percentage; without one the parent's holds, and at the top the shop's."""


class CategoryChange(Body):
    """What is absent stays as it is."""

    name: Name = absent()
    parent_id: UUID | None = None
    """Null moves it to the top of the tree."""
    tax_rate: Percentage | None = None
    """Null takes the parent's rate."""


class CategoryView(View, frozen=True, kw_only=True):
    id: UUID
    name: str
    parent_id: UUID | None
    tax_rate: Decimal | None
    """Its own, a percentage."""
    effective_tax_rate: Decimal | None
    """Its own or that of the nearest above it; null where the shop's own rate holds."""
    version: int
    created_at: datetime
    updated_at: datetime


class Branch(CategoryView, frozen=True, kw_only=True):
    children: "list[Branch]"
    """By name."""


class CategoryTreeView(View, frozen=True, kw_only=True):
    items: list[Branch]
    """At the top of the tree, by name."""
    total: int
    """Categories on all levels."""


def kept(category: CategoryKept) -> CategoryView:
    return CategoryView(
        id=category.category_id,
        name=category.name,
        parent_id=category.parent_id,
        tax_rate=_rate(category.tax_rate),
        effective_tax_rate=_rate(category.effective_tax_rate),
        version=category.version,
        created_at=category.created_at,
        updated_at=category.updated_at,
    )


def tree_view(rows: Iterable[CategoryRow]) -> CategoryTreeView:
    """`rows` by name, and so on every level."""
    by_parent = dict[CategoryId | None, list[CategoryRow]]()
    total = 0
    for row in rows:
        by_parent.setdefault(row.parent_id, []).append(row)
        total += 1
    return CategoryTreeView(items=_branches(by_parent, None, None), total=total)


def _branches(
    by_parent: Mapping[CategoryId | None, list[CategoryRow]], parent: CategoryId | None, above: int | None
) -> list[Branch]:
    """`above` is the tax rate that holds for the parent."""
    return [_branch(by_parent, row, above) for row in by_parent.get(parent, ())]


def _branch(by_parent: Mapping[CategoryId | None, list[CategoryRow]], row: CategoryRow, above: int | None) -> Branch:
    effective = above if row.tax_rate is None else row.tax_rate
    return Branch(
        id=row.id,
        name=row.name,
        parent_id=row.parent_id,
        tax_rate=_rate(row.tax_rate),
        effective_tax_rate=_rate(effective),
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        children=_branches(by_parent, row.id, effective),
    )


def _rate(basis_points: int | None) -> Decimal | None:
    return None if basis_points is None else percentage(basis_points)
