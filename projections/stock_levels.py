"""The read model of stock: levels per product. Seller and name come from the catalogue, joined by the query."""

from collections.abc import Sequence
from typing import assert_never, cast
from uuid import UUID

from application.ports.log import Record
from domain.inventory.events import (
    StockAdjusted,
    StockEvent,
    StockOpened,
    StockRanLow,
    StockReleased,
    StockReserved,
    StockShipped,
    StockThresholdSet,
)
from domain.shared.identifiers import ProductId
from projections import bulk
from projections.projection import Connection, Projection

DDL = """
CREATE TABLE {schema}.level (
    product_id uuid PRIMARY KEY,
    on_hand    bigint NOT NULL,
    reserved   bigint NOT NULL,
    threshold  bigint NOT NULL,
    version    bigint NOT NULL,
    position   bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX level_by_position ON {schema}.level (position);
CREATE INDEX level_low ON {schema}.level (product_id) WHERE on_hand - reserved <= threshold;
"""
_OPEN = """
INSERT INTO {schema}.level (product_id, on_hand, reserved, threshold, version, position, created_at, updated_at)
SELECT product_id, 0, 0, threshold, version, position, at, at
  FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[], %b::bigint[], %b::timestamptz[])
    AS r (product_id, threshold, version, position, at)
"""
_CHANGE = """
UPDATE {schema}.level s
   SET on_hand = coalesce(c.on_hand, s.on_hand) - c.shipped, reserved = s.reserved + c.reserved,
       threshold = coalesce(c.threshold, s.threshold), version = c.version, position = c.position, updated_at = c.at
  FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
              %b::timestamptz[])
    AS c (product_id, on_hand, shipped, reserved, threshold, version, position, at)
 WHERE s.product_id = c.product_id
"""


class _Change:
    """What a batch makes of one product's levels; None leaves a column as it is, reservations add up.

    `shipped` is what left after `on_hand` was counted.
    """

    __slots__ = ("on_hand", "record", "reserved", "shipped", "threshold")

    def __init__(self) -> None:
        self.on_hand: int | None = None
        self.shipped = 0
        self.reserved = 0
        self.threshold: int | None = None

    def apply(self, record: Record) -> None:
        self.record = record
        match event := cast(StockEvent, record.event):
            case StockAdjusted(on_hand=on_hand):
                self.on_hand, self.shipped = on_hand, 0
            case StockReserved(quantity=quantity):
                self.reserved += quantity
            case StockReleased(quantity=quantity):
                self.reserved -= quantity
            case StockShipped(quantity=quantity):
                self.shipped += quantity
                self.reserved -= quantity
            case StockThresholdSet(threshold=threshold):
                self.threshold = threshold
            case StockOpened() | StockRanLow():
                pass
            case _:
                assert_never(event)

    def row(self) -> tuple[object, ...]:
        record = self.record
        levels = (self.on_hand, self.shipped, self.reserved, self.threshold)
        return (record.key, *levels, record.version, record.position, record.recorded_at)


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    opened, changes = [], dict[ProductId, _Change]()
    for record in records:
        if isinstance(record.event, StockOpened):
            opened.append((record.key, record.event.threshold, record.version, record.position, record.recorded_at))
        else:
            changes.setdefault(ProductId(record.key), _Change()).apply(record)
    await bulk.write(conn, _OPEN.format(schema=schema), opened)
    rows = (changes[product].row() for product in sorted(changes))
    await bulk.write(conn, _CHANGE.format(schema=schema), rows)


STOCK_LEVELS = Projection(
    name="stock_levels",
    version=1,
    events=(StockOpened, StockAdjusted, StockReserved, StockReleased, StockShipped, StockThresholdSet, StockRanLow),
    ddl=DDL,
    apply=apply,
)

_CHANGED = "SELECT product_id, position FROM {schema}.level WHERE position > %b"


async def changed_levels(conn: Connection, schema: str, after: int) -> list[tuple[UUID, int]]:
    """Products whose level was changed beyond the position, and by which."""
    return [(row[0], row[1]) for row in await bulk.read(conn, _CHANGED.format(schema=schema), (after,))]
