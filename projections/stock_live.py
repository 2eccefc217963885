"""What there is of each product, for those who follow it as it changes."""

import msgspec

from domain.shared.identifiers import ProductId
from projections import bulk
from projections.projection import Connection


class Change(msgspec.Struct, frozen=True):
    """A product's level after an event."""

    product_id: ProductId
    available: int
    """Units."""
    position: int
    """Of the event."""


_COMPLETE = "SELECT min(position) FROM till.passed WHERE schema_name = %b"
_CHANGES = "SELECT product_id, on_hand - reserved, position FROM {schema}.level WHERE position > %b ORDER BY position"


async def changes_after(conn: Connection, schema: str, position: int) -> tuple[int, list[Change]]:
    """Levels that were changed beyond the position, and how far they are complete: asked first, so that nothing up to
    there is missing from them."""
    complete = await bulk.read(conn, _COMPLETE, (schema,))
    rows = await bulk.read(conn, _CHANGES.format(schema=schema), (position,))
    return complete[0][0] or 0, [Change(*row) for row in rows]
