"""The read model of orders: what was ordered, from whom, how far it is, and how it is paid."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import assert_never, cast, get_args
from uuid import UUID

from msgspec import UNSET

from application.ports.log import Record
from domain.ordering.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderDeleted,
    OrderEvent,
    OrderLinesBegun,
    OrderLinesCancelled,
    OrderLinesDelivered,
    OrderLinesShipped,
    OrderPlaced,
    OrderRestored,
)
from domain.ordering.progress import ADVANCE, Status, status_once_confirmed
from domain.payments.events import PaymentEvent
from domain.shared.identifiers import AccountId
from projections import bulk, order_payments
from projections.projection import Connection, Projection

Change = (
    OrderConfirmed
    | OrderLinesBegun
    | OrderLinesShipped
    | OrderLinesDelivered
    | OrderLinesCancelled
    | OrderCancelled
    | OrderDeleted
    | OrderRestored
)

DDL = (
    """
CREATE TABLE {schema}.orders (
    id             uuid PRIMARY KEY,
    order_number   text NOT NULL,
    buyer_id       uuid NOT NULL,
    payment_id     uuid NOT NULL,
    status         text NOT NULL,
    currency       text NOT NULL,
    original       bigint NOT NULL,
    discount       bigint NOT NULL,
    tax            bigint NOT NULL,
    tax_inclusive  boolean NOT NULL,
    payable        bigint NOT NULL,
    address_person uuid,
    address_box    text,
    pay_before     timestamptz,
    coupon_code    text,
    cancelled_by   text,
    cancel_reason  text,
    deleted_at     timestamptz,
    version        bigint NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL
);
CREATE INDEX orders_by_buyer ON {schema}.orders (buyer_id, created_at DESC, id DESC);
CREATE INDEX orders_by_age ON {schema}.orders (created_at DESC, id DESC);
CREATE INDEX orders_by_status ON {schema}.orders (status, created_at DESC, id DESC);

CREATE TABLE {schema}.order_line (
    order_id   uuid NOT NULL,
    line_no    integer NOT NULL,
    product_id uuid NOT NULL,
    seller_id  uuid NOT NULL,
    name       text NOT NULL,
    quantity   integer NOT NULL,
    price      bigint NOT NULL,
    original   bigint NOT NULL,
    discount   bigint NOT NULL,
    tax        bigint NOT NULL,
    payable    bigint NOT NULL,
    PRIMARY KEY (order_id, line_no)
);
CREATE TABLE {schema}.order_seller (
    seller_id     uuid NOT NULL,
    created_at    timestamptz NOT NULL,
    order_id      uuid NOT NULL,
    status        text NOT NULL,
    cancelled_by  text,
    cancel_reason text,
    PRIMARY KEY (seller_id, created_at, order_id)
);
CREATE UNIQUE INDEX order_seller_by_order ON {schema}.order_seller (order_id, seller_id);
COMMENT ON COLUMN {schema}.order_seller.status IS 'of the seller''s lines; the order''s is the least advanced';
"""
    + order_payments.DDL
)
_PLACE = """
INSERT INTO {schema}.orders
    (id, order_number, buyer_id, payment_id, currency, original, discount, tax, tax_inclusive, payable,
     address_person, address_box, pay_before, coupon_code, version, created_at, updated_at, status)
SELECT r.*, 'pending_payment'
  FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::uuid[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[],
              %b::boolean[], %b::bigint[], %b::uuid[], %b::text[], %b::timestamptz[], %b::text[], %b::bigint[],
              %b::timestamptz[], %b::timestamptz[]) AS r
"""
_LINES = """
INSERT INTO {schema}.order_line
SELECT * FROM unnest(%b::uuid[], %b::integer[], %b::uuid[], %b::uuid[], %b::text[], %b::integer[], %b::bigint[],
                     %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[])
"""
_SELLERS = """
INSERT INTO {schema}.order_seller (seller_id, created_at, order_id, status)
SELECT r.*, 'pending_payment' FROM unnest(%b::uuid[], %b::timestamptz[], %b::uuid[]) AS r
"""
_MOVE_ALL = """
UPDATE {schema}.order_seller x SET status = c.status FROM unnest(%b::uuid[], %b::text[]) AS c (order_id, status)
 WHERE x.order_id = c.order_id AND x.status <> 'cancelled'
"""
_MOVE = """
UPDATE {schema}.order_seller x
   SET status = c.status, cancelled_by = c.cancelled_by, cancel_reason = c.cancel_reason
  FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[])
    AS c (order_id, seller_id, status, cancelled_by, cancel_reason)
 WHERE x.order_id = c.order_id AND x.seller_id = c.seller_id
"""
_CHANGE = f"""
UPDATE {{schema}}.orders o
   SET status = coalesce((SELECT x.status FROM {{schema}}.order_seller x
                           WHERE x.order_id = o.id AND x.status <> 'cancelled'
                           ORDER BY array_position(ARRAY{list(map(str, ADVANCE))}, x.status) LIMIT 1), 'cancelled'),
       cancelled_by = coalesce(c.cancelled_by, o.cancelled_by),
       cancel_reason = coalesce(c.cancel_reason, o.cancel_reason),
       deleted_at = CASE WHEN c.hidden IS NULL THEN o.deleted_at WHEN c.hidden THEN c.hidden_at END,
       version = c.version, updated_at = c.at
  FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::boolean[], %b::timestamptz[], %b::bigint[], %b::timestamptz[])
    AS c (id, cancelled_by, cancel_reason, hidden, hidden_at, version, at)
 WHERE o.id = c.id
"""
Part = tuple[Status, str | None, str | None]
"""How far a seller's lines are; where they were given up by themselves, by whom and why."""


class _Change:
    """What a batch makes of one order after it was placed."""

    __slots__ = ("at", "by", "every", "hidden", "hidden_at", "parts", "reason", "version")

    def __init__(self) -> None:
        self.by: str | None = None
        self.reason: str | None = None
        self.hidden: bool | None = None
        """None where it stays as it is."""
        self.hidden_at: datetime | None = None
        self.every: Status | None = None
        """Of all parts that were not cancelled before."""
        self.parts: dict[AccountId, Part] = {}
        """Beyond that."""

    def apply(self, event: Change, version: int) -> None:
        self.version: int = version
        self.at: datetime = event.at
        match event:
            case OrderConfirmed(ground=ground):
                self._move_all(status_once_confirmed(ground))
            case OrderLinesBegun():
                self.parts[event.seller_id] = (Status.PROCESSING, None, None)
            case OrderLinesShipped():
                self.parts[event.seller_id] = (Status.SHIPPED, None, None)
            case OrderLinesDelivered():
                self.parts[event.seller_id] = (Status.DELIVERED, None, None)
            case OrderLinesCancelled(by=by, reason=reason):
                self.parts[event.seller_id] = (Status.CANCELLED, str(by), reason)
            case OrderCancelled(by=by, reason=reason):
                self._move_all(Status.CANCELLED)
                self.by, self.reason = str(by), reason
            case OrderDeleted(at=at):
                self.hidden, self.hidden_at = True, at
            case OrderRestored():
                self.hidden = False
            case _:
                assert_never(event)

    def _move_all(self, status: Status) -> None:
        self.every = status
        self.parts = {seller: part for seller, part in self.parts.items() if part[0] is Status.CANCELLED}


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    await _apply_to_orders(conn, schema, [record for record in records if isinstance(record.event, OrderEvent)])
    payments = [record for record in records if not isinstance(record.event, OrderEvent)]
    await order_payments.apply(conn, schema, payments)


async def _apply_to_orders(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    placed, changes = list[tuple[OrderPlaced, int]](), dict[UUID, _Change]()
    for record in records:
        match event := cast(OrderEvent, record.event):
            case OrderPlaced():
                placed.append((event, record.version))
            case _:
                changes.setdefault(event.order_id, _Change()).apply(event, record.version)
    await bulk.write(conn, _PLACE.format(schema=schema), (_order(event, version) for event, version in placed))
    await bulk.write(conn, _LINES.format(schema=schema), (line for event, _ in placed for line in _lines(event)))
    sellers = ((line.seller_id, event.at, event.order_id) for event, _ in placed for line in event.lines)
    await bulk.write(conn, _SELLERS.format(schema=schema), sorted(set(sellers)))
    moved = ((id_, c.every) for id_, c in changes.items() if c.every)
    await bulk.write(conn, _MOVE_ALL.format(schema=schema), moved)
    parts = ((id_, seller, *part) for id_, c in changes.items() for seller, part in c.parts.items())
    await bulk.write(conn, _MOVE.format(schema=schema), parts)
    changed = ((id_, c.by, c.reason, c.hidden, c.hidden_at, c.version, c.at) for id_, c in changes.items())
    await bulk.write(conn, _CHANGE.format(schema=schema), changed)


def _order(event: OrderPlaced, version: int) -> tuple[object, ...]:
    address = event.shipping_address
    return (
        event.order_id,
        event.order_number,
        event.buyer_id,
        event.payment_id,
        event.payable.currency,
        event.original.minor,
        event.discount.minor,
        event.tax.minor,
        event.tax_inclusive,
        event.payable.minor,
        address and address.person,
        address and address.box,
        event.pay_before,
        None if event.coupon_code is UNSET else event.coupon_code,
        version,
        event.at,
        event.at,
    )


def _lines(event: OrderPlaced) -> Iterable[tuple[object, ...]]:
    for number, line in enumerate(event.lines, start=1):
        amounts = (line.price.minor, line.original.minor, line.discount.minor, line.tax.minor, line.payable.minor)
        yield event.order_id, number, line.product_id, line.seller_id, line.name, line.quantity, *amounts


ORDER_HISTORY = Projection(
    name="order_history",
    version=3,
    events=(*get_args(OrderEvent), *get_args(PaymentEvent)),
    ddl=DDL,
    apply=apply,
)
