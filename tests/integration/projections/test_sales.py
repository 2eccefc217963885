"""What was sold and what came back, by interval of the store's calendar."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.ordering.events import (
    ConfirmationGround,
    OrderCancelled,
    OrderConfirmed,
    OrderLinesCancelled,
    OrderLinesDelivered,
    OrderLinesShipped,
)
from domain.payments.events import RefundSucceeded
from domain.shared.actor import Actor
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, RefundId, payment_of
from projections.sales_queries import Interval, SalesRow, Span, TopBy, money, sales, top_products
from tests.support.happenings import BUYER, SELLER, inr, line, listed, order_id, paid, placed, product, requested
from tests.support.read_side import ReadSide
from tests.support.times import NOON

SCHEMA = "sales_v1"
OTHER = AccountId(UUID(int=0x52))
ONE, TWO = order_id(1), order_id(2)
DAY = timedelta(days=1)


def confirmed(at: datetime = NOON) -> OrderConfirmed:
    return OrderConfirmed(order_id=ONE, ground=ConfirmationGround.PAID, at=at)


def given_up(*products: int, at: datetime = NOON) -> OrderLinesCancelled:
    return OrderLinesCancelled(
        order_id=ONE,
        seller_id=OTHER,
        product_ids=tuple(map(product, products)),
        by=Actor.of(OTHER),
        reason="Broken.",
        at=at,
    )


def cancelled(at: datetime = NOON) -> OrderCancelled:
    return OrderCancelled(order_id=ONE, by=Actor.of(BUYER), reason="Too many.", at=at)


FIRST = placed(ONE, line(1, quantity=2, price=100), line(2, price=1_000, seller=OTHER))
SHIPPED = OrderLinesShipped(order_id=ONE, seller_id=SELLER, product_ids=(product(1),), at=NOON)
DELIVERED = OrderLinesDelivered(order_id=ONE, seller_id=SELLER, product_ids=(product(1),), at=NOON)


def span(*, seller: AccountId | None = None, zone: str = "UTC", interval: Interval = Interval.DAY) -> Span:
    return Span(since=NOON - DAY / 2, until=NOON + DAY / 2, zone=zone, interval=interval, seller=seller)


async def whole(shop: ReadSide, seller: AccountId | None = None) -> SalesRow:
    rows = await sales(shop.conn, span(seller=seller), schema=SCHEMA)
    assert len(rows) == 1
    return rows[0]


Seen = tuple[tuple[int, int, int, int], tuple[int, int, int, int], tuple[int, int, int, int, int]]
"""Units, amount, returned units and amount of all; of the other seller; orders on their way."""

STORIES: list[tuple[str, list[Event], Seen]] = [
    ("placed alone is not sold", [FIRST], ((0, 0, 0, 0), (0, 0, 0, 0), (1, 0, 0, 0, 0))),
    ("confirmed", [FIRST, confirmed()], ((3, 1_200, 0, 0), (1, 1_000, 0, 0), (1, 1, 0, 0, 0))),
    ("a part given up", [FIRST, confirmed(), given_up(2)],
     ((3, 1_200, 1, 1_000), (1, 1_000, 1, 1_000), (1, 1, 0, 0, 0))),
    ("given up before", [FIRST, given_up(2), confirmed()], ((2, 200, 0, 0), (0, 0, 0, 0), (1, 1, 0, 0, 0))),
    ("all given up", [FIRST, confirmed(), cancelled()], ((3, 1_200, 3, 1_200), (1, 1_000, 1, 1_000), (1, 1, 0, 0, 1))),
    ("part, then all", [FIRST, confirmed(), given_up(2), cancelled()],
     ((3, 1_200, 3, 1_200), (1, 1_000, 1, 1_000), (1, 1, 0, 0, 1))),
    ("never paid", [FIRST, cancelled()], ((0, 0, 0, 0), (0, 0, 0, 0), (1, 0, 0, 0, 1))),
    ("delivered", [FIRST, confirmed(), SHIPPED, DELIVERED], ((3, 1_200, 0, 0), (1, 1_000, 0, 0), (1, 1, 1, 1, 0))),
]  # fmt: skip


@pytest.mark.parametrize("one_by_one", [False, True], ids=["at once", "one by one"])
@pytest.mark.parametrize(("events", "seen"), [story[1:] for story in STORIES], ids=[story[0] for story in STORIES])
async def test_sales_are_what_was_confirmed_and_returns_what_was_given_up_of_it(
    shop: ReadSide, events: Sequence[Event], seen: Seen, *, one_by_one: bool
) -> None:
    for batch in [[event] for event in events] if one_by_one else [events]:
        await shop.happened(ONE, *batch)
    found = []
    for seller in (None, OTHER):
        row = await whole(shop, seller)
        found.append((row.sold_units, row.sold, row.returned_units, row.returned))
    row = await whole(shop)
    assert (*found, (row.placed, row.confirmed, row.shipped, row.delivered, row.cancelled)) == seen


async def test_a_days_sales_are_those_of_the_stores_day(shop: ReadSide) -> None:
    """Half past six in the evening in UTC is midnight in Kolkata."""
    midnight = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    await shop.happened(ONE, FIRST, confirmed(midnight - timedelta(microseconds=1)), cancelled(midnight))
    asked = Span(since=midnight - DAY, until=midnight + DAY, zone="Asia/Kolkata", interval=Interval.DAY)
    rows = await sales(shop.conn, asked, schema=SCHEMA)
    assert [(row.start, row.sold, row.returned) for row in rows] == [
        (midnight - DAY, 1_200, 0),
        (midnight, 0, 1_200),
    ]


@pytest.mark.parametrize(("interval", "starts"), [(Interval.WEEK, (16, 23)), (Interval.MONTH, (1,))])
async def test_weeks_begin_on_monday_and_months_on_the_first(
    shop: ReadSide, interval: Interval, starts: tuple[int, ...]
) -> None:
    since, until = datetime(2026, 11, 18, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)
    rows = await sales(shop.conn, Span(since=since, until=until, zone="UTC", interval=interval), schema=SCHEMA)
    assert [row.start for row in rows] == [datetime(2026, 11, day, tzinfo=UTC) for day in starts]


async def test_the_products_that_sold_most_come_first_less_what_came_back(shop: ReadSide) -> None:
    await shop.happened(product(1), listed(product(1)))
    await shop.happened(ONE, FIRST, confirmed())
    found = await top_products(shop.conn, span(), by=TopBy.SALES, limit=10, schema=SCHEMA, catalogue="catalogue_v1")
    assert [(each.product_id, each.sold, each.name is None) for each in found] == [
        (product(2), 1_000, True),
        (product(1), 200, False),
    ]
    await shop.happened(ONE, given_up(2))
    for by in TopBy:
        found = await top_products(shop.conn, span(), by=by, limit=1, schema=SCHEMA, catalogue="catalogue_v1")
        assert [each.product_id for each in found] == [product(1)]


async def test_revenue_is_the_money_that_came_less_what_went_back(shop: ReadSide) -> None:
    payment = payment_of(TWO)
    refund = RefundSucceeded(
        payment_id=payment, refund_id=RefundId(payment), amount=inr(300), transaction_id="r", at=NOON
    )
    await shop.happened(payment, requested(TWO, 1_200), paid(TWO, 1_200), refund, key=TWO)
    rows = await money(shop.conn, span(), schema=SCHEMA)
    assert [(row.received, row.refunded) for row in rows] == [(1_200, 300)]
