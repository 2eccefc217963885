"""What of an account is under way: asked of the read models, once they have seen the account's latest event."""

from application.ports.open_orders import OpenOrder, OrdersNotKnown
from domain.shared.identifiers import AccountId
from projections import bulk
from projections.projection import Connection

_LIVE = "SELECT live_schema FROM till.projection WHERE name = %s FOR SHARE"
_REACHED = """
SELECT min(position) >= coalesce((SELECT e.notification_id FROM till.stored_events e WHERE e.originator_id = %s
                                   ORDER BY e.originator_version DESC LIMIT 1), 0)
  FROM till.passed WHERE schema_name = %s
"""
_OPEN = """
SELECT o.id, o.order_number, o.status FROM (
    SELECT id FROM {orders}.orders WHERE buyer_id = %(account)b
    UNION
    SELECT order_id FROM {orders}.order_seller WHERE seller_id = %(account)b
) AS concerned JOIN {orders}.orders o ON o.id = concerned.id
 WHERE o.status NOT IN ('delivered', 'cancelled')
 ORDER BY o.created_at, o.id
"""

_FOR_SALE = "SELECT count(*) FROM {catalogue}.product WHERE seller_id = %(account)b AND NOT withdrawn"


async def open_orders(conn: Connection, account: AccountId) -> tuple[OpenOrder, ...]:
    """Raises OrdersNotKnown where the read model is not there yet. A transaction of its own."""
    async with conn.transaction():
        schema = await _reached(conn, "order_history", account)
        rows = await bulk.read(conn, _OPEN.format(orders=schema), {"account": account})
    return tuple(OpenOrder(order_id=id_, order_number=number, status=status) for id_, number, status in rows)


async def products_for_sale(conn: Connection, account: AccountId) -> int:
    """Likewise."""
    async with conn.transaction():
        schema = await _reached(conn, "catalogue", account)
        rows = await bulk.read(conn, _FOR_SALE.format(catalogue=schema), {"account": account})
    return int(rows[0][0])


async def _reached(conn: Connection, projection: str, account: AccountId) -> str:
    """The live schema, held live until the transaction ends."""
    live = await bulk.read(conn, _LIVE, (projection,))
    if live:
        schema = str(live[0][0])
        reached = await bulk.read(conn, _REACHED, (account, schema))
        if reached[0][0]:
            return schema
    raise OrdersNotKnown(f"{projection} has not seen {account} yet")
