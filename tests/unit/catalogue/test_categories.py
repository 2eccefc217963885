"""The category tree where it is at its limits; the rest is in its random histories."""

from uuid import UUID

import pytest

from domain.catalogue import categories
from domain.catalogue.categories import (
    CATEGORY_TREES,
    EMPTY,
    MAX_DEPTH,
    CategoryInsideItself,
    CategoryTooDeep,
    CategoryTree,
    TooManyCategories,
    UnknownCategory,
)
from domain.catalogue.category_events import CategoryMoved
from domain.shared.identifiers import CategoryId
from tests.support.given import after, given
from tests.support.times import NOON


def numbered(number: int) -> CategoryId:
    return CategoryId(UUID(int=number))


def with_added(tree: CategoryTree, number: int, *, below: int | None, rate: int | None = None) -> CategoryTree:
    parent = None if below is None else numbered(below)
    added = tree.add(numbered(number), name=f"Category {number}", parent_id=parent, tax_rate=rate, at=NOON)
    return after(CATEGORY_TREES, added, tree)


def a_chain(length: int, *, first: int = 1, tree: CategoryTree = EMPTY) -> CategoryTree:
    """1 at the top, 2 below it, and so on."""
    for number in range(first, first + length):
        tree = with_added(tree, number, below=None if number == first else number - 1)
    return tree


def test_a_tree_has_twelve_levels_and_no_more() -> None:
    deepest = a_chain(MAX_DEPTH)
    given(deepest).when(
        lambda tree: tree.add(numbered(99), name="x", parent_id=numbered(MAX_DEPTH), tax_rate=None, at=NOON)
    ).refused(CategoryTooDeep)


def test_what_stands_below_counts_when_a_branch_is_moved() -> None:
    tree = a_chain(4, first=50, tree=a_chain(9))
    move = given(tree).when(lambda tree: tree.place(numbered(50), name="Category 50", parent_id=numbered(9), at=NOON))
    move.refused(CategoryTooDeep)
    fits = given(tree).when(lambda tree: tree.place(numbered(50), name="Category 50", parent_id=numbered(8), at=NOON))
    fits.then(CategoryMoved(category_id=numbered(50), parent_id=numbered(8), at=NOON))


def test_a_category_cannot_be_moved_below_what_stands_below_it() -> None:
    given(a_chain(3)).when(
        lambda tree: tree.place(numbered(1), name="Category 1", parent_id=numbered(3), at=NOON)
    ).refused(CategoryInsideItself)


def test_there_are_so_many_categories_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(categories, "MAX_CATEGORIES", 3)
    given(a_chain(3)).when(
        lambda tree: tree.add(numbered(99), name="x", parent_id=None, tax_rate=None, at=NOON)
    ).refused(TooManyCategories)


def test_a_rate_is_inherited_from_the_nearest_above() -> None:
    tree = with_added(with_added(with_added(EMPTY, 1, below=None, rate=500), 2, below=1), 3, below=2, rate=0)
    assert [tree.tax_rate_of(numbered(number)) for number in (1, 2, 3, 4)] == [500, 500, 0, None]
    assert tree.tax_rate_of(None) is None


def test_nothing_goes_into_a_category_that_is_not_there() -> None:
    def put(tree: CategoryTree) -> tuple[()]:
        tree.require_open(numbered(9))
        return ()

    given(a_chain(1)).when(put).refused(UnknownCategory)
