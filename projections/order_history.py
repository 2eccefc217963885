"""The read model of orders: what was ordered, from whom, how far it is, and how it is paid."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import assert_never, cast
from uuid import UUID

from application.ports.log import Record
from domain.ordering.events import OrderCancelled, OrderConfirmed, OrderEvent, OrderPlaced
from domain.ordering.order import Status, status_once_confirmed
from domain.payments.events import (
    CashOnDeliveryChosen,
    PaymentAttempted,
    PaymentAttemptVoided,
    PaymentCancelled,
    PaymentDeclined,
    PaymentRequested,
    PaymentSucceeded,
    RefundRequested,
    RefundSucceeded,
    SurplusReceived,
)
from projections import bulk, order_payments
from projections.projection import Connection, Projection

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
    cancelled_by   text,
    cancel_reason  text,
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
    seller_id  uuid NOT NULL,
    created_at timestamptz NOT NULL,
    order_id   uuid NOT NULL,
    PRIMARY KEY (seller_id, created_at, order_id)
);
"""
    + order_payments.DDL
)
_PLACE = """
INSERT INTO {schema}.orders
    (id, order_number, buyer_id, payment_id, currency, original, discount, tax, tax_inclusive, payable,
     address_person, address_box, pay_before, version, created_at, updated_at, status)
SELECT r.*, 'pending_payment'
  FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::uuid[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[],
              %b::boolean[], %b::bigint[], %b::uuid[], %b::text[], %b::timestamptz[], %b::bigint[], %b::timestamptz[],
              %b::timestamptz[]) AS r
"""
_LINES = """
INSERT INTO {schema}.order_line
SELECT * FROM unnest(%b::uuid[], %b::integer[], %b::uuid[], %b::uuid[], %b::text[], %b::integer[], %b::bigint[],
                     %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[])
"""
_SELLERS = "INSERT INTO {schema}.order_seller SELECT * FROM unnest(%b::uuid[], %b::timestamptz[], %b::uuid[])"
_CHANGE = """
UPDATE {schema}.orders o
   SET status = c.status, cancelled_by = coalesce(c.cancelled_by, o.cancelled_by),
       cancel_reason = coalesce(c.cancel_reason, o.cancel_reason), version = c.version, updated_at = c.at
  FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::timestamptz[])
    AS c (id, status, cancelled_by, cancel_reason, version, at)
 WHERE o.id = c.id
"""


class _Change:
    """What a batch makes of one order after it was placed."""

    __slots__ = ("at", "by", "reason", "status", "version")

    def __init__(self) -> None:
        self.by: str | None = None
        self.reason: str | None = None

    def apply(self, event: OrderConfirmed | OrderCancelled, version: int) -> None:
        self.version: int = version
        self.at: datetime = event.at
        match event:
            case OrderConfirmed(ground=ground):
                self.status: Status = status_once_confirmed(ground)
            case OrderCancelled(by=by, reason=reason):
                self.status, self.by, self.reason = Status.CANCELLED, str(by), reason
            case _:
                assert_never(event)


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
            case OrderConfirmed() | OrderCancelled():
                changes.setdefault(event.order_id, _Change()).apply(event, record.version)
            case _:
                assert_never(event)
    await bulk.write(conn, _PLACE.format(schema=schema), (_order(event, version) for event, version in placed))
    await bulk.write(conn, _LINES.format(schema=schema), (line for event, _ in placed for line in _lines(event)))
    sellers = ((line.seller_id, event.at, event.order_id) for event, _ in placed for line in event.lines)
    await bulk.write(conn, _SELLERS.format(schema=schema), sorted(set(sellers)))
    changed = ((id_, c.status, c.by, c.reason, c.version, c.at) for id_, c in changes.items())
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
    version=1,
    events=(
        OrderPlaced,
        OrderConfirmed,
        OrderCancelled,
        PaymentRequested,
        PaymentAttempted,
        PaymentSucceeded,
        SurplusReceived,
        PaymentDeclined,
        PaymentAttemptVoided,
        CashOnDeliveryChosen,
        PaymentCancelled,
        RefundRequested,
        RefundSucceeded,
    ),
    ddl=DDL,
    apply=apply,
)
