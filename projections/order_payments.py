"""The payments among the read model of orders: their attempts, the money that came, and what went back."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec

from application.ports.log import Record
from domain.payments.events import PaymentEvent, PaymentReduced, PaymentRequested
from domain.payments.status import Status
from domain.shared.identifiers import AccountId, OrderId, PaymentId
from projections import bulk
from projections.payment_story import PaymentStory, after
from projections.projection import Connection

DDL = """
CREATE TABLE {schema}.payment (
    id         uuid PRIMARY KEY,
    order_id   uuid NOT NULL UNIQUE,
    buyer_id   uuid NOT NULL,
    amount     bigint NOT NULL,
    currency   text NOT NULL,
    status     text NOT NULL,
    paid       bigint NOT NULL,
    refunded   bigint NOT NULL,
    received   bigint NOT NULL,
    returned   bigint NOT NULL,
    story      text NOT NULL,
    version    bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN {schema}.payment.paid IS 'what paid the order, minor units; refunded is what went back of it';
COMMENT ON COLUMN {schema}.payment.received IS 'all that came, surplus included; returned is all that went back';
COMMENT ON COLUMN {schema}.payment.story IS 'attempts, receipts and refunds, as JSON';
"""
_COLUMNS = """id, order_id, buyer_id, amount, currency, story, version, created_at, updated_at,
    status, paid, refunded, received, returned"""
_TOUCHED = """
SELECT id, order_id, buyer_id, amount, currency, story, version, created_at, updated_at
  FROM {schema}.payment WHERE id = ANY(%b::uuid[])
"""
_KEEP = f"""
INSERT INTO {{schema}}.payment ({_COLUMNS})
SELECT {_COLUMNS}
  FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::bigint[], %b::text[], %b::text[], %b::bigint[],
              %b::timestamptz[], %b::timestamptz[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[])
    AS r ({_COLUMNS})
ON CONFLICT (id) DO UPDATE SET
    amount = excluded.amount, status = excluded.status, paid = excluded.paid, refunded = excluded.refunded,
    received = excluded.received, returned = excluded.returned, story = excluded.story, version = excluded.version,
    updated_at = excluded.updated_at
"""
_stories = msgspec.json.Decoder(PaymentStory)


_BY_ID = """
SELECT id, order_id, buyer_id, amount, currency, status, paid, refunded, received, returned, story, version, created_at,
       updated_at
  FROM {orders}.payment WHERE id = %b
"""


class PaymentRow(msgspec.Struct, frozen=True):
    """A payment; amounts in minor units of its currency."""

    id: PaymentId
    order_id: OrderId
    buyer_id: AccountId
    amount: int
    currency: str
    status: Status
    paid: int
    """What paid the order."""
    refunded: int
    """What went back of that."""
    received: int
    """All that came, surplus included."""
    returned: int
    """All that went back."""
    story: PaymentStory
    version: int
    created_at: datetime
    updated_at: datetime


class _Row(msgspec.Struct):
    """A payment while a batch is applied to it, its columns in order."""

    id: UUID
    order_id: UUID
    buyer_id: UUID
    amount: int
    currency: str
    story: PaymentStory
    version: int
    created_at: datetime
    updated_at: datetime

    def columns(self) -> tuple[object, ...]:
        story = self.story
        figures = (story.status(self.amount), story.paid, story.refunded, story.received, story.returned)
        text = msgspec.json.encode(story).decode()
        head = (self.id, self.order_id, self.buyer_id, self.amount, self.currency, text)
        return (*head, self.version, self.created_at, self.updated_at, *figures)


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    """Loads the payments touched, tells their stories on, and keeps them; the records are of payments only."""
    touched = list({record.stream for record in records})
    if not touched:
        return
    stored = await bulk.read(conn, _TOUCHED.format(schema=schema), (touched,))
    rows = {row[0]: _Row(*[*row[:5], _stories.decode(row[5]), *row[6:]]) for row in stored}
    for record in records:
        _advance(rows, cast(PaymentEvent, record.event), record)
    kept = (rows[id_].columns() for id_ in sorted(rows))
    await bulk.write(conn, _KEEP.format(schema=schema), kept)


def _advance(rows: dict[UUID, _Row], event: PaymentEvent, record: Record) -> None:
    if isinstance(event, PaymentRequested):
        head = (event.payment_id, event.order_id, event.buyer_id, event.amount.minor, event.amount.currency)
        rows[event.payment_id] = _Row(*head, PaymentStory(), record.version, event.at, event.at)
    elif (row := rows.get(event.payment_id)) is not None:
        if isinstance(event, PaymentReduced):
            row.amount = event.amount.minor
        row.story = after(row.story, event)
        row.version, row.updated_at = record.version, event.at


async def payment(conn: Connection, payment_id: PaymentId, *, orders: str) -> PaymentRow | None:
    rows = await bulk.read(conn, _BY_ID.format(orders=orders), (payment_id,))
    for row in rows:
        return PaymentRow(*[*row[:5], Status(row[5]), *row[6:10], _stories.decode(row[10]), *row[11:]])
    return None
