"""What buyers say of a product, newest first, and which of their orders brought it to them."""

from datetime import datetime
from typing import Any

import msgspec

from domain.shared.identifiers import AccountId, OrderId, ProductId, ReviewId
from domain.shared.sealed import Sealed
from projections import bulk
from projections.projection import Connection


class ReviewRow(msgspec.Struct, frozen=True):
    id: ReviewId
    rating: int
    """Stars."""
    text: str
    version: int
    created_at: datetime
    updated_at: datetime
    given_at: int
    """Position in the log; reviews are shown by it."""
    name: Sealed | None
    """Of the buyer, who may be forgotten."""


class ReviewQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which reviews of a product, and which part of them."""

    product: ProductId
    rating: int | None = None
    limit: int = 20
    offset: int = 0
    before: int | None = None
    """Behind the review that was given at this position, instead of the offset."""


class Reviews(msgspec.Struct, frozen=True):
    items: tuple[ReviewRow, ...]
    total: int
    more: bool


_WHERE = "r.product_id = %(product)b AND (%(rating)b::integer IS NULL OR r.rating = %(rating)b::integer)"
_PAGE = f"""
SELECT r.id, r.rating, r.text, r.version, r.created_at, r.updated_at, r.given_at, a.name_person, a.name_box
  FROM {{reviews}}.review r LEFT JOIN {{accounts}}.account a ON a.id = r.buyer_id
 WHERE {_WHERE} AND (%(before)b::bigint IS NULL OR r.given_at < %(before)b::bigint)
 ORDER BY r.given_at DESC LIMIT %(limit)b OFFSET %(offset)b
"""
_TOTAL = f"SELECT count(*) FROM {{reviews}}.review r WHERE {_WHERE}"
# What has just been delivered may not be known here; the order itself knows, and was placed long before.
_DELIVERING = """
SELECT o.id FROM {orders}.orders o
  JOIN {orders}.order_line l ON l.order_id = o.id AND l.product_id = %b
  JOIN {orders}.order_seller s ON s.order_id = o.id AND s.seller_id = l.seller_id AND s.status <> 'cancelled'
 WHERE o.buyer_id = %b
 ORDER BY array_position(ARRAY['delivered', 'shipped', 'processing'], s.status), o.created_at DESC LIMIT 1
"""


async def reviews_of(conn: Connection, query: ReviewQuery, *, reviews: str, accounts: str) -> Reviews:
    """One page, and how many there are of all pages."""
    values: dict[str, Any] = {
        "product": query.product,
        "rating": query.rating,
        "before": query.before,
        "limit": query.limit + 1,
        "offset": 0 if query.before else query.offset,
    }
    rows = await bulk.read(conn, _PAGE.format(reviews=reviews, accounts=accounts), values)
    total = await bulk.read(conn, _TOTAL.format(reviews=reviews), values)
    return Reviews(tuple(_review(*row) for row in rows[: query.limit]), total[0][0], len(rows) > query.limit)


async def delivering_order(conn: Connection, *, buyer: AccountId, product: ProductId, orders: str) -> OrderId | None:
    """The buyer's order that brought the product, or is the nearest to: the latest of them."""
    rows = await bulk.read(conn, _DELIVERING.format(orders=orders), (product, buyer))
    return OrderId(rows[0][0]) if rows else None


def _review(*row: Any) -> ReviewRow:
    *review, person, box = row
    return ReviewRow(*[*review, None if box is None else Sealed(person, box)])
