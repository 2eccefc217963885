"""Commands on the tree of categories. Every change is decided on the whole tree, whose stream is one."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from application.access import VersionMismatch, admitted
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from domain.accounts.events import Role
from domain.catalogue.categories import CATEGORY_TREES, EMPTY, CategoryNotEmpty, CategoryTree
from domain.shared.actor import ActorKind
from domain.shared.identifiers import CATEGORY_TREE, CategoryId
from domain.shared.refusal import Forbidden


class CategoryKept(Result, frozen=True, kw_only=True):
    """The category as it stands after the command. Tax rates are basis points."""

    category_id: CategoryId
    version: int
    name: str
    parent_id: CategoryId | None
    tax_rate: int | None
    effective_tax_rate: int | None
    """Its own or that of the nearest above it; None where the shop's own rate holds."""
    created_at: datetime
    updated_at: datetime


class ClosingKept(Result, frozen=True, kw_only=True):
    """Which closing the category is in."""

    category_id: CategoryId
    closing: UUID


class ClosingSettled(Result, frozen=True, kw_only=True):
    category_id: CategoryId
    removed: bool
    """Whether it is gone: removed now or before."""


class _OnTheTree(Command, frozen=True, kw_only=True):
    category_id: CategoryId

    def streams(self) -> Touched:
        return touching(CATEGORY_TREES, CATEGORY_TREE)


class AddCategory(_OnTheTree, frozen=True, kw_only=True):
    name: ClassVar[str] = "catalogue.add-category"
    title: str
    parent_id: CategoryId | None = None
    tax_rate: int | None = None


class EditCategory(_OnTheTree, frozen=True, kw_only=True):
    """UNSET leaves a field as it is."""

    name: ClassVar[str] = "catalogue.edit-category"
    expected_version: int | None = None
    title: str | UnsetType = UNSET
    parent_id: CategoryId | UnsetType | None = UNSET
    tax_rate: int | UnsetType | None = UNSET


class CloseCategory(_OnTheTree, frozen=True, kw_only=True):
    """Begins its removal; `SettleCategory` ends it."""

    name: ClassVar[str] = "catalogue.close-category"
    expected_version: int | None = None


class SettleCategory(_OnTheTree, frozen=True, kw_only=True):
    """Says how many products were found in a category that was closed, after all that came in before was seen."""

    name: ClassVar[str] = "catalogue.settle-category"
    closing: UUID
    products: int


def add_category(command: AddCategory, work: Work) -> CategoryKept:
    tree = _tree(work)
    added = tree.add(
        command.category_id, name=command.title, parent_id=command.parent_id, tax_rate=command.tax_rate, at=work.now
    )
    work.record(CATEGORY_TREES, CATEGORY_TREE, added)
    return _kept(work, command.category_id)


def edit_category(command: EditCategory, work: Work) -> CategoryKept:
    tree, category_id = _tree(work), command.category_id
    node = tree.get(category_id)
    _require_version(tree, category_id, command.expected_version)
    placed = tree.place(
        category_id,
        name=node.name if command.title is UNSET else command.title,
        parent_id=node.parent_id if command.parent_id is UNSET else command.parent_id,
        at=work.now,
    )
    rate = node.tax_rate if command.tax_rate is UNSET else command.tax_rate
    work.record(CATEGORY_TREES, CATEGORY_TREE, (*placed, *tree.set_tax_rate(category_id, rate, work.now)))
    return _kept(work, category_id)


def close_category(command: CloseCategory, work: Work) -> ClosingKept:
    tree, category_id = _tree(work), command.category_id
    _require_version(tree, category_id, command.expected_version)
    work.record(CATEGORY_TREES, CATEGORY_TREE, tree.close(category_id, work.command_id, work.now))
    closing = work.get(CATEGORY_TREES, CATEGORY_TREE).get(category_id).closing or work.command_id
    return ClosingKept(category_id=category_id, closing=closing)


def settle_category(command: SettleCategory, work: Work) -> ClosingSettled:
    """For the shop itself, which has counted."""
    if work.actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("Only the shop itself settles this.")
    settled = _tree(work).settle(command.category_id, command.closing, products=command.products, at=work.now)
    tree = work.record(CATEGORY_TREES, CATEGORY_TREE, settled) or EMPTY
    return ClosingSettled(category_id=command.category_id, removed=command.category_id not in tree.nodes)


def require_removed(settled: ClosingSettled) -> None:
    """Raises CategoryNotEmpty, where it was reopened."""
    if not settled.removed:
        raise CategoryNotEmpty("There are products in the category.")


def _require_version(tree: CategoryTree, category_id: CategoryId, expected: int | None) -> None:
    """Of the category, not of the tree it is in. Raises NotFound and VersionMismatch."""
    if expected not in {None, current := tree.get(category_id).version}:
        raise VersionMismatch(f"Version {expected} was expected; it is at {current}.")


def _tree(work: Work) -> CategoryTree:
    """For admins, and the shop itself."""
    admitted(work, Role.ADMIN)
    return work.find(CATEGORY_TREES, CATEGORY_TREE) or EMPTY


def _kept(work: Work, category_id: CategoryId) -> CategoryKept:
    tree = work.get(CATEGORY_TREES, CATEGORY_TREE)
    node = tree.get(category_id)
    return CategoryKept(
        category_id=category_id,
        version=node.version,
        name=node.name,
        parent_id=node.parent_id,
        tax_rate=node.tax_rate,
        effective_tax_rate=tree.tax_rate_of(category_id),
        created_at=node.created_at,
        updated_at=node.updated_at,
    )
