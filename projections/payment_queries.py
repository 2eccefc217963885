"""Questions to the payments among the read model of orders."""

from datetime import datetime
from typing import Any

import msgspec

from domain.payments.status import Status
from domain.shared.identifiers import AccountId, OrderId, PaymentId
from projections import bulk
from projections.payment_story import PaymentStory
from projections.projection import Connection

_BY_ID = """
SELECT id, order_id, buyer_id, amount, currency, status, story, version, created_at, updated_at
  FROM {orders}.payment WHERE id = %b
"""
_stories = msgspec.json.Decoder(PaymentStory)


class PaymentRow(msgspec.Struct, frozen=True):
    """A payment; amounts in minor units."""

    id: PaymentId
    order_id: OrderId
    buyer_id: AccountId
    amount: int
    currency: str
    status: Status
    story: PaymentStory
    version: int
    created_at: datetime
    updated_at: datetime


async def payment(conn: Connection, payment_id: PaymentId, *, orders: str) -> PaymentRow | None:
    rows = await bulk.read(conn, _BY_ID.format(orders=orders), (payment_id,))
    return _row(*rows[0]) if rows else None


def _row(*row: Any) -> PaymentRow:
    *head, status, story, version, created_at, updated_at = row
    return PaymentRow(*[*head, Status(status), _stories.decode(story), version, created_at, updated_at])
