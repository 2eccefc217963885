"""What stands in a category: asked of the catalogue, once it has seen the latest event of the category tree."""

from application.ports.category_products import ProductsNotKnown
from domain.shared.identifiers import CATEGORY_TREE, CategoryId
from projections import bulk
from projections.projection import Connection

_LIVE = "SELECT live_schema FROM till.projection WHERE name = 'catalogue' FOR SHARE"
_REACHED = """
SELECT min(position) >= coalesce((SELECT e.notification_id FROM till.stored_events e WHERE e.originator_id = %s
                                   ORDER BY e.originator_version DESC LIMIT 1), 0)
  FROM till.passed WHERE schema_name = %s
"""
_COUNT = "SELECT count(*) FROM {catalogue}.product WHERE category_id = %b"


async def products_in(conn: Connection, category: CategoryId) -> int:
    """Withdrawn ones too. Raises ProductsNotKnown where the catalogue is not there yet."""
    async with conn.transaction():
        live = await bulk.read(conn, _LIVE)
        if not live:
            raise ProductsNotKnown(str(category))
        reached = await bulk.read(conn, _REACHED, (CATEGORY_TREE, live[0][0]))
        if not reached[0][0]:
            raise ProductsNotKnown(str(category))
        rows = await bulk.read(conn, _COUNT.format(catalogue=live[0][0]), (category,))
    return int(rows[0][0])
