"""How far each seller's lines are, and with them their orders."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.ordering.events import (
    ConfirmationGround,
    OrderCancelled,
    OrderConfirmed,
    OrderDeleted,
    OrderLinesBegun,
    OrderLinesCancelled,
    OrderLinesDelivered,
    OrderLinesShipped,
    OrderRestored,
)
from domain.ordering.progress import Status
from domain.shared.actor import Actor
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, OrderId
from projections.order_queries import OrderQuery, find_orders, order
from tests.support.happenings import BUYER, SELLER, line, order_id, placed, product
from tests.support.read_side import ReadSide
from tests.support.times import NOON

SCHEMA = "order_history_v1"
OTHER_SELLER = AccountId(UUID(int=0x52))
ONE, TWO = order_id(1), order_id(2)
Step = type[OrderLinesBegun | OrderLinesShipped | OrderLinesDelivered]


def confirmed(order: OrderId) -> OrderConfirmed:
    return OrderConfirmed(order_id=order, ground=ConfirmationGround.PAID, at=NOON + timedelta(minutes=5))


async def two_orders(shop: ReadSide) -> None:
    """The first is of two sellers; the second is being processed."""
    await shop.happened(ONE, placed(ONE, line(1), line(2, seller=OTHER_SELLER)))
    await shop.happened(TWO, placed(TWO, line(3), at=NOON + timedelta(hours=1)), confirmed(TWO))


def step(kind: Step, order: OrderId, *products: int, seller: AccountId = SELLER) -> Event:
    product_ids = tuple(map(product, products))
    return kind(order_id=order, seller_id=seller, product_ids=product_ids, at=NOON + timedelta(hours=1))


def part_cancelled(order: OrderId, *products: int, seller: AccountId) -> OrderLinesCancelled:
    return OrderLinesCancelled(
        order_id=order,
        seller_id=seller,
        product_ids=tuple(map(product, products)),
        by=Actor.of(seller),
        reason="Sold out.",
        at=NOON + timedelta(hours=1),
    )


async def shown(shop: ReadSide, seller: AccountId | None = None) -> tuple[object, ...]:
    """Status of the order, of its lines, and who cancelled it."""
    row = await order(shop.conn, ONE, orders=SCHEMA, seller=seller)
    assert row is not None
    return row.status, [each.status for each in row.lines], row.cancelled_by


@pytest.mark.parametrize("one_by_one", [True, False])
async def test_each_sellers_lines_go_their_own_way(shop: ReadSide, one_by_one: bool) -> None:
    events = [
        placed(ONE, line(1), line(2, seller=OTHER_SELLER), line(3)),
        confirmed(ONE),
        step(OrderLinesShipped, ONE, 1, 3),
        part_cancelled(ONE, 2, seller=OTHER_SELLER),
        step(OrderLinesDelivered, ONE, 1, 3),
    ]
    expected = [
        ("pending_payment", ["pending_payment"] * 3, None),
        ("processing", ["processing"] * 3, None),
        ("processing", ["shipped", "processing", "shipped"], None),
        ("shipped", ["shipped", "cancelled", "shipped"], None),
        ("delivered", ["delivered", "cancelled", "delivered"], None),
    ]
    if one_by_one:
        for event, stands in zip(events, expected, strict=True):
            await shop.happened(ONE, event)
            assert await shown(shop) == stands
    else:
        await shop.happened(ONE, *events)
        assert await shown(shop) == expected[-1]
    assert await shown(shop, OTHER_SELLER) == ("cancelled", ["cancelled"], f"account:{OTHER_SELLER}")
    assert await shown(shop, SELLER) == ("delivered", ["delivered"] * 2, None)


@pytest.mark.parametrize("one_by_one", [True, False])
async def test_what_was_cancelled_before_stays_so(shop: ReadSide, one_by_one: bool) -> None:
    cancelled = OrderCancelled(order_id=ONE, by=Actor.of(BUYER), reason="Twice.", at=NOON + timedelta(hours=1))
    events = [
        placed(ONE, line(1), line(2, seller=OTHER_SELLER)),
        part_cancelled(ONE, 2, seller=OTHER_SELLER),
        confirmed(ONE),
        step(OrderLinesBegun, ONE, 1),
        cancelled,
    ]
    for batch in [[event] for event in events] if one_by_one else [events]:
        await shop.happened(ONE, *batch)
    assert await shown(shop) == ("cancelled", ["cancelled"] * 2, f"account:{BUYER}")
    assert await shown(shop, OTHER_SELLER) == ("cancelled", ["cancelled"], f"account:{OTHER_SELLER}")


@pytest.mark.parametrize("one_by_one", [True, False])
async def test_deleted_orders_are_out_of_sight_and_come_back(shop: ReadSide, one_by_one: bool) -> None:
    await two_orders(shop)
    later, by = NOON + timedelta(days=1), Actor.of(BUYER)
    gone, back = OrderDeleted(order_id=ONE, by=by, at=later), OrderRestored(order_id=ONE, by=by, at=later)
    for events, in_sight in (((gone,), [TWO]), ((confirmed(ONE),), [TWO]), ((back, gone, back), [TWO, ONE])):
        for batch in [[event] for event in events] if one_by_one else [events]:
            await shop.happened(ONE, *batch)
        for query, expected in (
            (OrderQuery(buyer=BUYER, deleted=False), in_sight),
            (OrderQuery(seller=SELLER, deleted=True), [] if len(in_sight) == 2 else [ONE]),
            (OrderQuery(), [TWO, ONE]),
        ):
            page = await find_orders(shop.conn, query, orders=SCHEMA)
            assert [row.id for row in page.items] == expected
            assert all(row.deleted_at == (None if row.id in in_sight else later) for row in page.items)


async def test_a_seller_finds_orders_by_how_far_its_own_lines_are(shop: ReadSide) -> None:
    await two_orders(shop)
    await shop.happened(ONE, confirmed(ONE), step(OrderLinesShipped, ONE, 2, seller=OTHER_SELLER))
    for seller, status, expected in (
        (OTHER_SELLER, Status.SHIPPED, [ONE]),
        (OTHER_SELLER, Status.PROCESSING, []),
        (SELLER, Status.PROCESSING, [TWO, ONE]),
        (None, Status.SHIPPED, []),
    ):
        page = await find_orders(shop.conn, OrderQuery(seller=seller, status=status), orders=SCHEMA)
        assert [row.id for row in page.items] == expected
        assert {row.status for row in page.items} <= {status}
