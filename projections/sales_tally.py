"""Sums of sales that a batch adds up: commutative, and written in one order, so that slots never wait in a circle."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from typing import Protocol
from uuid import UUID

from projections import bulk
from projections.projection import Connection

MINUTES = 15
"""Every time zone's days begin at a multiple of it, so that sums over days are exact wherever the shop is."""
WHOLE_SHOP = UUID(int=0)

_PRODUCTS = """
INSERT INTO {schema}.product_sales AS s
SELECT * FROM unnest(%b::timestamptz[], %b::uuid[], %b::uuid[], %b::bigint[], %b::text[]::numeric[],
                     %b::text[]::numeric[], %b::text[]::numeric[], %b::bigint[], %b::text[]::numeric[])
    ON CONFLICT (quarter, seller_id, product_id) DO UPDATE SET
       sold_units = s.sold_units + excluded.sold_units, sold = s.sold + excluded.sold,
       discount = s.discount + excluded.discount, tax = s.tax + excluded.tax,
       returned_units = s.returned_units + excluded.returned_units, returned = s.returned + excluded.returned
"""
_FLOWS = """
INSERT INTO {schema}.order_flow AS f
SELECT * FROM unnest(%b::timestamptz[], %b::uuid[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
                     %b::bigint[])
    ON CONFLICT (seller_id, quarter) DO UPDATE SET
       placed = f.placed + excluded.placed, confirmed = f.confirmed + excluded.confirmed,
       shipped = f.shipped + excluded.shipped, delivered = f.delivered + excluded.delivered,
       cancelled = f.cancelled + excluded.cancelled
"""
_MONEY = """
INSERT INTO {schema}.money_flow AS m
SELECT * FROM unnest(%b::timestamptz[], %b::text[]::numeric[], %b::text[]::numeric[])
    ON CONFLICT (quarter) DO UPDATE SET
       received = m.received + excluded.received, refunded = m.refunded + excluded.refunded
"""


class Sold(Protocol):
    """One product of an order."""

    @property
    def product_id(self) -> UUID: ...
    @property
    def seller_id(self) -> UUID: ...
    @property
    def units(self) -> int: ...
    @property
    def amount(self) -> int: ...
    @property
    def discount(self) -> int: ...
    @property
    def tax(self) -> int: ...


class Flow(IntEnum):
    """What happened to an order, in the order of the columns."""

    PLACED = 0
    CONFIRMED = 1
    SHIPPED = 2
    DELIVERED = 3
    CANCELLED = 4


class Tally:
    """What a batch adds, by the quarter of an hour in which it happened."""

    def __init__(self) -> None:
        self.products: defaultdict[tuple[datetime, UUID, UUID], list[int]] = defaultdict(lambda: [0] * 6)
        self.flows: defaultdict[tuple[datetime, UUID], list[int]] = defaultdict(lambda: [0] * len(Flow))
        self.money: defaultdict[datetime, list[int]] = defaultdict(lambda: [0, 0])

    def sold(self, at: datetime, lines: Iterable[Sold]) -> None:
        for line in lines:
            sums = self.products[quarter(at), line.seller_id, line.product_id]
            for column, more in enumerate((line.units, line.amount, line.discount, line.tax)):
                sums[column] += more

    def returned(self, at: datetime, lines: Iterable[Sold]) -> None:
        for line in lines:
            sums = self.products[quarter(at), line.seller_id, line.product_id]
            sums[4] += line.units
            sums[5] += line.amount

    def flow(self, at: datetime, sellers: Iterable[UUID], what: Flow, *, shop: bool = True) -> None:
        """Once for each seller concerned, and once for the shop, unless the order goes on for others."""
        for who in (*([WHOLE_SHOP] if shop else []), *sellers):
            self.flows[quarter(at), who][what] += 1

    def received(self, at: datetime, minor: int) -> None:
        self.money[quarter(at)][0] += minor

    def refunded(self, at: datetime, minor: int) -> None:
        self.money[quarter(at)][1] += minor


def quarter(at: datetime) -> datetime:
    """When the quarter of an hour began."""
    return at.replace(minute=at.minute // MINUTES * MINUTES, second=0, microsecond=0)


async def write_tally(conn: Connection, schema: str, tally: Tally) -> None:
    """In the order of the keys, as everybody does."""
    products = (
        (*key, units, str(sold), str(discount), str(tax), back_units, str(back))
        for key, (units, sold, discount, tax, back_units, back) in sorted(tally.products.items())
    )
    await bulk.write(conn, _PRODUCTS.format(schema=schema), products)
    flows = ((*key, *counts) for key, counts in sorted(tally.flows.items()))
    await bulk.write(conn, _FLOWS.format(schema=schema), flows)
    money = ((at, str(received), str(refunded)) for at, (received, refunded) in sorted(tally.money.items()))
    await bulk.write(conn, _MONEY.format(schema=schema), money)
