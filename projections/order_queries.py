"""Questions to the read model of orders, by who asks: a buyer, a seller, or the shop."""

from datetime import datetime
from typing import Any

import msgspec

from domain.ordering.progress import Status
from domain.shared.identifiers import AccountId, OrderId, PaymentId, ProductId, payment_of
from domain.shared.sealed import Sealed
from projections import bulk
from projections.projection import Connection


class OrderLineRow(msgspec.Struct, frozen=True, array_like=True):
    """Amounts in minor units of the order's currency, for the whole line; the price is of one unit."""

    product_id: ProductId
    seller_id: AccountId
    name: str
    quantity: int
    price: int
    original: int
    discount: int
    tax: int
    payable: int
    status: Status


class OrderRow(msgspec.Struct, frozen=True):
    """An order; amounts in minor units.

    For a seller, lines, status and cancellation are of its own part, and the amounts are still the order's.
    """

    id: OrderId
    order_number: str
    buyer_id: AccountId
    payment_id: PaymentId
    status: Status
    currency: str
    original: int
    discount: int
    tax: int
    tax_inclusive: bool
    payable: int
    pay_before: datetime | None
    coupon_code: str | None
    cancelled_by: str | None
    """The actor, `account:<uuid>` or `system:<name>`."""
    cancel_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    payment_status: str | None
    """None where there is nothing to pay."""
    deleted_at: datetime | None
    shipping_address: Sealed | None
    lines: tuple[OrderLineRow, ...]


class OrderQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which orders, newest first: a buyer's, a seller's or all; placed in `since` ≤ t < `until`."""

    buyer: AccountId | None = None
    seller: AccountId | None = None
    status: Status | None = None
    deleted: bool | None = None
    """Only those that are in sight, or only those that are not; None is both."""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 20
    offset: int = 0
    after: tuple[datetime, OrderId] | None = None
    """Behind the order placed then, instead of the offset."""


class Orders(msgspec.Struct, frozen=True):
    items: tuple[OrderRow, ...]
    total: int
    next: tuple[datetime, OrderId] | None


class HistoryEntry(msgspec.Struct, frozen=True):
    """One event of an order or its payment, who caused it and when. `data` is the event's JSON, still sealed."""

    position: int
    type: str
    version: int
    actor: str | None
    command: str | None
    at: datetime
    data: str


# Only the seller's own lines leave the database for a seller.
_LINES = """(SELECT coalesce(json_agg(json_build_array(l.product_id, l.seller_id, l.name, l.quantity, l.price,
        l.original, l.discount, l.tax, l.payable, s.status) ORDER BY l.line_no), '[]')::text
     FROM {orders}.order_line l JOIN {orders}.order_seller s ON s.order_id = l.order_id AND s.seller_id = l.seller_id
    WHERE l.order_id = o.id AND (%(seller)b::uuid IS NULL OR l.seller_id = %(seller)b::uuid))"""
_FIELDS = f"""o.id, o.order_number, o.buyer_id, o.payment_id, coalesce(x.status, o.status), o.currency, o.original,
    o.discount, o.tax, o.tax_inclusive, o.payable, o.pay_before, o.coupon_code,
    coalesce(x.cancelled_by, o.cancelled_by), coalesce(x.cancel_reason, o.cancel_reason),
    o.version, o.created_at, o.updated_at,
    (SELECT p.status FROM {{orders}}.payment p WHERE p.order_id = o.id), o.deleted_at,
    o.address_person, o.address_box, {_LINES}"""
_ALL = """{orders}.orders o
  LEFT JOIN {orders}.order_seller x ON x.order_id = o.id AND x.seller_id = %(seller)b::uuid"""
_SELLERS = "{orders}.order_seller x JOIN {orders}.orders o ON o.id = x.order_id"
_BY_ID = f"SELECT {_FIELDS} FROM {_ALL} WHERE o.id = %(id)b"
_PAGE = f"""SELECT {_FIELDS} FROM {{source}} WHERE {{where}}
 ORDER BY {{age}} DESC, o.id DESC LIMIT {{limit}} OFFSET {{offset}}"""
_TOTAL = "SELECT count(*) FROM {source} WHERE {where}"
_HISTORY = """
SELECT position, type, version, actor, command, recorded_at, data::text FROM till.event_log
 WHERE stream = ANY(%b::uuid[]) ORDER BY position
"""
_lines = msgspec.json.Decoder(tuple[OrderLineRow, ...])


async def order(
    conn: Connection, order_id: OrderId, *, orders: str, seller: AccountId | None = None
) -> OrderRow | None:
    """The order; with a seller only its own lines, which may be none."""
    rows = await bulk.read(conn, _BY_ID.format(orders=orders), {"id": order_id, "seller": seller})
    return _order(*rows[0]) if rows else None


async def find_orders(conn: Connection, query: OrderQuery, *, orders: str) -> Orders:
    """One page, and how many there are of all pages."""
    age = "x.created_at" if query.seller else "o.created_at"
    conditions = _conditions(query, age)
    source = _SELLERS if query.seller else _ALL
    names = {"orders": orders, "source": source.format(orders=orders), "age": age}
    values: dict[str, object] = {
        "buyer": query.buyer,
        "seller": query.seller,
        "status": query.status,
        "deleted": query.deleted,
        "since": query.since,
        "until": query.until,
    }
    total = _TOTAL.format(**names, where=" AND ".join(conditions))
    counted = await bulk.read(conn, total, values)
    if query.after:
        conditions.append(f"({age}, o.id) < (%(at)b, %(id)b)")
        values |= {"at": query.after[0], "id": query.after[1]}
    offset = 0 if query.after else int(query.offset)
    page = _PAGE.format(**names, where=" AND ".join(conditions), limit=int(query.limit) + 1, offset=offset)
    rows = tuple(_order(*row) for row in await bulk.read(conn, page, values))
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    return Orders(shown, counted[0][0], (shown[-1].created_at, shown[-1].id) if more else None)


async def history(conn: Connection, order_id: OrderId) -> tuple[HistoryEntry, ...]:
    """Straight from the log: every event of the order and of its payment, oldest first."""
    rows = await bulk.read(conn, _HISTORY, ([order_id, payment_of(order_id)],))
    return tuple(HistoryEntry(*row) for row in rows)


def _conditions(query: OrderQuery, age: str) -> list[str]:
    possible = {
        "o.buyer_id = %(buyer)b": query.buyer,
        "x.seller_id = %(seller)b": query.seller,
        f"{'x' if query.seller else 'o'}.status = %(status)b": query.status,
        "(o.deleted_at IS NOT NULL) = %(deleted)b": query.deleted,
        f"{age} >= %(since)b": query.since,
        f"{age} < %(until)b": query.until,
    }
    return ["true", *(text for text, value in possible.items() if value is not None)]


def _order(*row: Any) -> OrderRow:
    *head, address_person, address_box, lines = row
    head[4] = Status(head[4])
    address = None if address_box is None else Sealed(address_person, address_box)
    return OrderRow(*[*head, address, _lines.decode(lines)])
