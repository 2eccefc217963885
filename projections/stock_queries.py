"""Stock levels of what is in the catalogue: a seller's, of some products, or all of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from domain.shared.identifiers import AccountId, ProductId
from projections import bulk
from projections.projection import Connection


class LevelRow(msgspec.Struct, frozen=True):
    """Levels in units."""

    product_id: ProductId
    seller_id: AccountId
    name: str
    on_hand: int
    reserved: int
    threshold: int
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @property
    def low(self) -> bool:
        return self.available <= self.threshold


class LevelQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which products, and which part of them; what is None or empty does not matter."""

    seller: AccountId | None = None
    products: Sequence[ProductId] = ()
    low: bool | None = None
    most: int | None = None
    """Units available, at most."""
    least: int | None = None
    """Units available, at least."""
    limit: int = 20
    offset: int = 0
    after: ProductId | None = None
    """Behind this product, instead of the offset."""


class Levels(msgspec.Struct, frozen=True):
    """One page, ordered by product id, and how many there are in all."""

    items: tuple[LevelRow, ...]
    total: int
    more: bool
    """Whether the list goes on behind the page."""


_LEVEL = """SELECT s.product_id, p.seller_id, p.name, s.on_hand, s.reserved, s.threshold, s.version, s.created_at,
                   s.updated_at
  FROM {stock}.level s JOIN {catalogue}.product p ON p.id = s.product_id AND NOT p.withdrawn"""
_BY_PRODUCT = _LEVEL + " WHERE s.product_id = %b"
_LIST = _LEVEL + " WHERE {where} ORDER BY s.product_id LIMIT %(limit)b OFFSET %(offset)b"
_TOTAL = """SELECT count(*) FROM {stock}.level s JOIN {catalogue}.product p ON p.id = s.product_id AND NOT p.withdrawn
 WHERE {where}"""
_LOW = "s.on_hand - s.reserved <= s.threshold"


async def level(conn: Connection, product_id: ProductId, *, stock: str, catalogue: str) -> LevelRow | None:
    rows = await bulk.read(conn, _BY_PRODUCT.format(stock=stock, catalogue=catalogue), (product_id,))
    return LevelRow(*rows[0]) if rows else None


async def levels(conn: Connection, query: LevelQuery, *, stock: str, catalogue: str) -> Levels:
    """One page, and how many there are of all pages."""
    names = {"stock": stock, "catalogue": catalogue}
    values: dict[str, Any] = {
        "seller": query.seller,
        "products": list(query.products),
        "most": query.most,
        "least": query.least,
        "after": query.after,
        "limit": query.limit + 1,
        "offset": 0 if query.after else query.offset,
    }
    conditions = _conditions(query)
    total = await bulk.read(conn, _TOTAL.format(**names, where=" AND ".join(conditions)), values)
    if query.after:
        conditions.append("s.product_id > %(after)b")
    rows = await bulk.read(conn, _LIST.format(**names, where=" AND ".join(conditions)), values)
    return Levels(tuple(LevelRow(*row) for row in rows[: query.limit]), total[0][0], len(rows) > query.limit)


def _conditions(query: LevelQuery) -> list[str]:
    possible = {
        "p.seller_id = %(seller)b": query.seller is not None,
        "s.product_id = ANY(%(products)b::uuid[])": bool(query.products),
        "s.on_hand - s.reserved <= %(most)b": query.most is not None,
        "s.on_hand - s.reserved >= %(least)b": query.least is not None,
        _LOW: query.low is True,
        f"NOT ({_LOW})": query.low is False,
    }
    return ["true", *(text for text, wanted in possible.items() if wanted)]
