"""The read model of carts: what was put in, at the price last seen. What holds now is joined by the query."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, assert_never, cast
from uuid import UUID

from application.ports.log import Record
from domain.shared.money import Money
from domain.shopping.events import (
    CartCheckedOut,
    CartCleared,
    CartEvent,
    CartItemPut,
    CartItemRemoved,
    CartOpened,
    CartRestored,
)
from projections import bulk
from projections.projection import Connection, Projection

DDL = """
CREATE TABLE {schema}.cart (
    id         uuid PRIMARY KEY,
    buyer_id   uuid NOT NULL UNIQUE,
    version    bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE TABLE {schema}.cart_line (
    cart_id     uuid NOT NULL,
    product_id  uuid NOT NULL,
    quantity    integer NOT NULL,
    price_minor bigint NOT NULL,
    currency    text NOT NULL,
    added_at    bigint NOT NULL,
    added_as    integer NOT NULL,
    PRIMARY KEY (cart_id, product_id)
);
COMMENT ON COLUMN {schema}.cart_line.added_at IS
    'position in the log at which the product was new to the cart; lines are shown by it, then by added_as';
"""
_OPEN = """
INSERT INTO {schema}.cart (id, buyer_id, version, created_at, updated_at)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::timestamptz[], %b::timestamptz[])
"""
_TOUCH = """
UPDATE {schema}.cart c SET version = t.version, updated_at = t.at
  FROM unnest(%b::uuid[], %b::bigint[], %b::timestamptz[]) AS t (id, version, at) WHERE c.id = t.id
"""
_EMPTY = "DELETE FROM {schema}.cart_line WHERE cart_id = ANY(%b::uuid[])"
_REMOVE = """
DELETE FROM {schema}.cart_line l USING unnest(%b::uuid[], %b::uuid[]) AS r (cart_id, product_id)
 WHERE l.cart_id = r.cart_id AND l.product_id = r.product_id
"""
_PUT = """
INSERT INTO {schema}.cart_line (cart_id, product_id, quantity, price_minor, currency, added_at, added_as)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::integer[], %b::bigint[], %b::text[], %b::bigint[], %b::integer[])
ON CONFLICT (cart_id, product_id) DO UPDATE SET
    quantity = excluded.quantity, price_minor = excluded.price_minor, currency = excluded.currency
"""


class _Line(NamedTuple):
    quantity: int
    price: Money
    added_at: int
    added_as: int


class _Change:
    """What a batch makes of one cart. Removals are carried out before lines are put."""

    def __init__(self) -> None:
        self.emptied = False
        self.removed: set[UUID] = set()
        self.lines: dict[UUID, _Line] = {}

    def apply(self, record: Record) -> None:
        self.version: int = record.version
        self.at: datetime = record.recorded_at
        match event := cast(CartEvent, record.event):
            case CartItemPut(product_id=product_id, quantity=quantity, price=price):
                self._put(product_id, _Line(quantity, price, record.position, 0))
            case CartItemRemoved(product_id=product_id):
                self.lines.pop(product_id, None)
                self.removed.add(product_id)
            case CartCleared() | CartCheckedOut():
                self.lines.clear()
                self.removed.clear()
                self.emptied = True
            case CartRestored(items=items):
                for number, item in enumerate(items):
                    self._put(item.product_id, _Line(item.quantity, item.price, record.position, number))
            case CartOpened():
                pass
            case _:
                assert_never(event)

    def _put(self, product_id: UUID, line: _Line) -> None:
        """A line that is there keeps its place."""
        present = self.lines.get(product_id, line)
        self.lines[product_id] = line._replace(added_at=present.added_at, added_as=present.added_as)


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    opened, changes = [], dict[UUID, _Change]()
    for record in records:
        if isinstance(record.event, CartOpened):
            event, at = record.event, record.recorded_at
            opened.append((event.cart_id, event.buyer_id, record.version, event.at, at))
        else:
            changes.setdefault(record.stream, _Change()).apply(record)
    await bulk.write(conn, _OPEN.format(schema=schema), opened)
    touched = ((cart, change.version, change.at) for cart, change in sorted(changes.items(), key=lambda item: item[0]))
    await bulk.write(conn, _TOUCH.format(schema=schema), touched)
    await _write_lines(conn, schema, changes)


async def _write_lines(conn: Connection, schema: str, changes: dict[UUID, _Change]) -> None:
    emptied = ((cart,) for cart, change in changes.items() if change.emptied)
    removed = ((cart, product) for cart, change in changes.items() for product in change.removed)
    lines = (
        (cart, product, line.quantity, line.price.minor, line.price.currency, line.added_at, line.added_as)
        for cart, change in changes.items()
        for product, line in change.lines.items()
    )
    await bulk.write(conn, _EMPTY.format(schema=schema), emptied)
    await bulk.write(conn, _REMOVE.format(schema=schema), removed)
    await bulk.write(conn, _PUT.format(schema=schema), lines)


CARTS = Projection(
    name="carts",
    version=1,
    events=(CartOpened, CartItemPut, CartItemRemoved, CartCleared, CartCheckedOut, CartRestored),
    ddl=DDL,
    apply=apply,
)
