"""How categories stand below each other: what can be asked of the shape of the tree."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec
from immutables import Map

from domain.shared.identifiers import CategoryId


class Node(msgspec.Struct, frozen=True):
    """One category."""

    name: str
    parent_id: CategoryId | None
    """None at the top of the tree."""
    tax_rate: int | None
    """Its own, in basis points."""
    version: int
    """Of the category: how often something happened to it."""
    created_at: datetime
    updated_at: datetime
    closing: UUID | None = None
    """Set while it is found out whether it is empty."""


Nodes = Map[CategoryId, Node]


def path_of(nodes: Nodes, category_id: CategoryId | None) -> tuple[CategoryId, ...]:
    """From the category up to the top; nothing for one that is not there."""
    above = list[CategoryId]()
    while category_id is not None and (node := nodes.get(category_id)) is not None:
        above.append(category_id)
        category_id = node.parent_id
    return tuple(above)


def children_of(nodes: Nodes, parent_id: CategoryId | None) -> Iterator[CategoryId]:
    return (category_id for category_id, node in nodes.items() if node.parent_id == parent_id)


def height_of(nodes: Nodes, category_id: CategoryId) -> int:
    """Levels from the category down to the deepest below it, itself included."""
    height, level = 0, {category_id}
    while level:
        height, level = height + 1, {each for each, node in nodes.items() if node.parent_id in level}
    return height


def alike(name: str) -> str:
    """Equal for names that nobody could tell apart."""
    return " ".join(name.casefold().split())
