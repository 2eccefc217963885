"""What of an account is under way: asked of the read model of orders, once it has seen the account's latest event."""

from application.ports.open_orders import OpenOrder, OrdersNotKnown
from domain.shared.identifiers import AccountId
from projections import bulk
from projections.projection import Connection

_LIVE = "SELECT live_schema FROM till.projection WHERE name = 'order_history' FOR SHARE"
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


async def open_orders(conn: Connection, account: AccountId) -> tuple[OpenOrder, ...]:
    """Raises OrdersNotKnown where the read model is not there yet. A connection of its own transaction's."""
    async with conn.transaction():
        live = await bulk.read(conn, _LIVE)
        if not live:
            raise OrdersNotKnown(str(account))
        schema = live[0][0]
        reached = await bulk.read(conn, _REACHED, (account, schema))
        if not reached[0][0]:
            raise OrdersNotKnown(str(account))
        rows = await bulk.read(conn, _OPEN.format(orders=schema), {"account": account})
    return tuple(OpenOrder(order_id=id_, order_number=number, status=status) for id_, number, status in rows)
