"""The read model of sales: what was sold and what was given up, by quarter of an hour, seller and product."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never, cast, get_args
from uuid import UUID

import msgspec
from msgspec.structs import astuple, replace

from application.ports.log import Record
from domain.ordering.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderLinesCancelled,
    OrderLinesDelivered,
    OrderLinesShipped,
    OrderPlaced,
)
from domain.payments.events import CashHandedBack, PaymentSucceeded, RefundSucceeded, SurplusReceived
from projections import bulk
from projections.projection import Connection, Projection
from projections.sales_tally import Flow, Tally, write_tally

DDL = """
CREATE TABLE {schema}.sale_line (
    order_id   uuid NOT NULL,
    product_id uuid NOT NULL,
    seller_id  uuid NOT NULL,
    units      bigint NOT NULL,
    amount     numeric NOT NULL,
    discount   numeric NOT NULL,
    tax        numeric NOT NULL,
    state      text NOT NULL,
    PRIMARY KEY (order_id, product_id)
);
CREATE TABLE {schema}.product_sales (
    quarter        timestamptz NOT NULL,
    seller_id      uuid NOT NULL,
    product_id     uuid NOT NULL,
    sold_units     bigint NOT NULL,
    sold           numeric NOT NULL,
    discount       numeric NOT NULL,
    tax            numeric NOT NULL,
    returned_units bigint NOT NULL,
    returned       numeric NOT NULL,
    PRIMARY KEY (quarter, seller_id, product_id)
);
CREATE INDEX product_sales_by_seller ON {schema}.product_sales (seller_id, quarter);
CREATE TABLE {schema}.order_flow (
    quarter   timestamptz NOT NULL,
    seller_id uuid NOT NULL,
    placed    bigint NOT NULL,
    confirmed bigint NOT NULL,
    shipped   bigint NOT NULL,
    delivered bigint NOT NULL,
    cancelled bigint NOT NULL,
    PRIMARY KEY (seller_id, quarter)
);
COMMENT ON COLUMN {schema}.order_flow.seller_id IS 'all zeros for the whole shop';
CREATE TABLE {schema}.money_flow (
    quarter  timestamptz PRIMARY KEY,
    received numeric NOT NULL,
    refunded numeric NOT NULL
);
"""
_LINES = """
SELECT order_id, product_id, seller_id, units, amount::text, discount::text, tax::text, state
  FROM {schema}.sale_line WHERE order_id = ANY(%b::uuid[])
"""
_KEEP = """
INSERT INTO {schema}.sale_line
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::bigint[], %b::text[]::numeric[], %b::text[]::numeric[],
                     %b::text[]::numeric[], %b::text[])
    ON CONFLICT (order_id, product_id) DO UPDATE SET state = excluded.state
"""
PLACED, SOLD, GIVEN_UP = "placed", "sold", "given up"

MoneyEvent = PaymentSucceeded | SurplusReceived | RefundSucceeded | CashHandedBack
SaleEvent = (
    OrderPlaced
    | OrderConfirmed
    | OrderLinesShipped
    | OrderLinesDelivered
    | OrderLinesCancelled
    | OrderCancelled
    | MoneyEvent
)
Lines = dict[UUID, "SaleLine"]
"""Of one order, by product."""


class SaleLine(msgspec.Struct, frozen=True):
    """One product of an order; amounts in minor units."""

    order_id: UUID
    product_id: UUID
    seller_id: UUID
    units: int
    amount: int
    """What the buyer pays for it."""
    discount: int
    tax: int
    state: str = PLACED


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    moved = list({record.key for record in records if not isinstance(record.event, MoneyEvent)})
    stored = await bulk.read(conn, _LINES.format(schema=schema), (moved,)) if moved else []
    orders = dict[UUID, Lines]()
    for order_id, product_id, seller_id, units, amount, discount, tax, state in stored:
        line = SaleLine(order_id, product_id, seller_id, units, int(amount), int(discount), int(tax), state)
        orders.setdefault(order_id, {})[product_id] = line
    tally, changed = Tally(), dict[tuple[UUID, UUID], SaleLine]()
    for record in records:
        lines = orders.setdefault(record.key, {})
        after = _after(lines, cast(SaleEvent, record.event), tally)
        lines.update(after)
        changed |= {(record.key, product): line for product, line in after.items()}
    await bulk.write(
        conn, _KEEP.format(schema=schema), (_as_text(astuple(line)) for _, line in sorted(changed.items()))
    )
    await write_tally(conn, schema, tally)


def _after(lines: Mapping[UUID, SaleLine], event: SaleEvent, tally: Tally) -> Lines:
    """The lines that the event changes, as they are then; what it means for the sums goes to the tally."""
    match event:
        case OrderPlaced(at=at):
            placed = _placed(event)
            tally.flow(at, _sellers(placed.values()), Flow.PLACED)
            return placed
        case OrderConfirmed(at=at):
            sold = _moved(lines.values(), PLACED, SOLD)
            tally.sold(at, sold.values())
            tally.flow(at, _sellers(sold.values()), Flow.CONFIRMED)
            return sold
        case OrderLinesCancelled(seller_id=seller, product_ids=products, at=at):
            tally.flow(at, (seller,), Flow.CANCELLED, shop=False)
            return _given_up(lines, [line for line in lines.values() if line.product_id in products], at, tally)
        case OrderCancelled(at=at):
            live = [line for line in lines.values() if line.state != GIVEN_UP]
            tally.flow(at, _sellers(live), Flow.CANCELLED)
            return _given_up(lines, live, at, tally)
        case OrderLinesShipped(seller_id=seller, at=at):
            tally.flow(at, (seller,), Flow.SHIPPED)
        case OrderLinesDelivered(seller_id=seller, at=at):
            tally.flow(at, (seller,), Flow.DELIVERED)
        case PaymentSucceeded() | SurplusReceived():
            tally.received(event.at, event.amount.minor)
        case RefundSucceeded() | CashHandedBack():
            tally.refunded(event.at, event.amount.minor)
        case _:
            assert_never(event)
    return {}


def _placed(event: OrderPlaced) -> Lines:
    """One line for each product, whatever the order has."""
    found: Lines = {}
    for line in event.lines:
        before = found.get(line.product_id)
        found[line.product_id] = SaleLine(
            event.order_id,
            line.product_id,
            line.seller_id,
            line.quantity + (before.units if before else 0),
            line.payable.minor + (before.amount if before else 0),
            line.discount.minor + (before.discount if before else 0),
            line.tax.minor + (before.tax if before else 0),
        )
    return found


def _given_up(lines: Mapping[UUID, SaleLine], gone: Iterable[SaleLine], at: datetime, tally: Tally) -> Lines:
    """What was sold comes back; what was only placed was never counted as sold."""
    found = [lines[line.product_id] for line in gone if line.state != GIVEN_UP]
    tally.returned(at, [line for line in found if line.state == SOLD])
    return {line.product_id: replace(line, state=GIVEN_UP) for line in found}


def _moved(lines: Iterable[SaleLine], before: str, after: str) -> Lines:
    return {line.product_id: replace(line, state=after) for line in lines if line.state == before}


def _sellers(lines: Iterable[SaleLine]) -> tuple[UUID, ...]:
    return tuple({line.seller_id for line in lines})


def _as_text(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Amounts as the text of a numeric: no bound that a sum could pass."""
    return (*row[:4], *map(str, row[4:7]), row[7])


SALES = Projection(
    name="sales",
    version=1,
    events=get_args(SaleEvent),
    ddl=DDL,
    apply=apply,
)
