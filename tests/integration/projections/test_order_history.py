"""Orders as their buyers, their sellers and the shop find them."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.ordering.events import ConfirmationGround, OrderCancelled, OrderConfirmed
from domain.ordering.progress import Status
from domain.payments.events import PaymentDeclined, RefundRequested, RefundSucceeded, SurplusReceived
from domain.payments.status import Status as PaymentStatus
from domain.shared.actor import Actor
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, OrderId, RefundId, payment_of
from domain.shared.sealed import Sealed
from projections.order_payments import PaymentRow, payment
from projections.order_queries import OrderQuery, Orders, find_orders, history, order
from tests.support.happenings import (
    BUYER,
    SELLER,
    attempted,
    charge_key,
    inr,
    line,
    order_id,
    paid,
    placed,
    product,
    requested,
)
from tests.support.read_side import ReadSide
from tests.support.times import NOON

SCHEMA = "order_history_v1"
OTHER_SELLER, OTHER_BUYER = AccountId(UUID(int=0x52)), AccountId(UUID(int=0xB2))
ONE, TWO, THREE = order_id(1), order_id(2), order_id(3)


def confirmed(order: OrderId) -> OrderConfirmed:
    return OrderConfirmed(order_id=order, ground=ConfirmationGround.PAID, at=NOON + timedelta(minutes=5))


async def three_orders(shop: ReadSide) -> None:
    """The first is of two sellers; the second is being processed; the third is another buyer's, of the other seller."""
    await shop.happened(ONE, placed(ONE, line(1, quantity=2), line(2, seller=OTHER_SELLER)))
    await shop.happened(TWO, placed(TWO, line(3), at=NOON + timedelta(hours=1)), confirmed(TWO))
    third = placed(THREE, line(2, seller=OTHER_SELLER), buyer=OTHER_BUYER, at=NOON + timedelta(hours=2))
    await shop.happened(THREE, third)


async def found(shop: ReadSide, query: OrderQuery) -> Orders:
    return await find_orders(shop.conn, query, orders=SCHEMA)


async def test_an_order_is_shown_as_it_was_placed(shop: ReadSide) -> None:
    await three_orders(shop)
    row = await order(shop.conn, ONE, orders=SCHEMA)
    assert row is not None
    assert (row.status, row.original, row.payable, row.currency) == (Status.PENDING_PAYMENT, 262_500, 262_500, "INR")
    assert [(each.product_id, each.quantity, each.price) for each in row.lines] == [
        (product(1), 2, 87_500),
        (product(2), 1, 87_500),
    ]
    assert (row.shipping_address, row.created_at, row.payment_id) == (Sealed(BUYER, "box"), NOON, payment_of(ONE))
    assert await order(shop.conn, order_id(99), orders=SCHEMA) is None


async def test_a_seller_sees_only_its_own_lines(shop: ReadSide) -> None:
    await three_orders(shop)
    row = await order(shop.conn, ONE, orders=SCHEMA, seller=OTHER_SELLER)
    assert row is not None
    assert [each.product_id for each in row.lines] == [product(2)]
    foreign = await order(shop.conn, TWO, orders=SCHEMA, seller=OTHER_SELLER)
    assert foreign is not None
    assert foreign.lines == ()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (OrderQuery(), [THREE, TWO, ONE]),
        (OrderQuery(buyer=BUYER), [TWO, ONE]),
        (OrderQuery(seller=OTHER_SELLER), [THREE, ONE]),
        (OrderQuery(seller=SELLER, status=Status.PROCESSING), [TWO]),
        (OrderQuery(status=Status.PENDING_PAYMENT), [THREE, ONE]),
        (OrderQuery(since=NOON + timedelta(hours=1)), [THREE, TWO]),
        (OrderQuery(until=NOON + timedelta(hours=1)), [ONE]),
        (OrderQuery(seller=OTHER_SELLER, since=NOON, until=NOON + timedelta(hours=1)), [ONE]),
    ],
)
async def test_lists_are_of_whoever_asks_newest_first(
    shop: ReadSide, query: OrderQuery, expected: list[OrderId]
) -> None:
    await three_orders(shop)
    page = await found(shop, query)
    assert ([row.id for row in page.items], page.total, page.next) == (expected, len(expected), None)
    assert all(each.seller_id == query.seller for row in page.items for each in row.lines if query.seller)


@pytest.mark.parametrize("seller", [None, OTHER_SELLER])
async def test_pages_and_cursors_walk_the_whole_list(shop: ReadSide, seller: AccountId | None) -> None:
    await three_orders(shop)
    whole = [row.id for row in (await found(shop, OrderQuery(seller=seller))).items]
    first = await found(shop, OrderQuery(seller=seller, limit=1))
    second = await found(shop, OrderQuery(seller=seller, limit=1, offset=1))
    rest = await found(shop, OrderQuery(seller=seller, after=first.next))
    assert [first.items[0].id, second.items[0].id] == whole[:2]
    assert [row.id for row in rest.items] == whole[1:]
    assert first.total == rest.total == len(whole)


async def test_a_cancelled_order_says_by_whom_and_why(shop: ReadSide) -> None:
    await shop.happened(ONE, placed(ONE, line(1)), confirmed(ONE))
    cancelled = OrderCancelled(order_id=ONE, by=Actor.of(BUYER), reason="Twice.", at=NOON + timedelta(hours=1))
    await shop.happened(ONE, cancelled)
    row = await order(shop.conn, ONE, orders=SCHEMA)
    assert row is not None
    assert (row.status, row.cancelled_by, row.cancel_reason) == (Status.CANCELLED, f"account:{BUYER}", "Twice.")
    assert (row.version, row.updated_at) == (3, NOON + timedelta(hours=1))


async def test_the_history_is_of_the_order_and_its_payment(shop: ReadSide) -> None:
    await shop.happened(ONE, placed(ONE, line(1)))
    await shop.happened(payment_of(ONE), requested(ONE, 87_500), key=ONE)
    await shop.happened(TWO, placed(TWO, line(1)))
    assert [(entry.type, entry.at, entry.actor) for entry in await history(shop.conn, ONE)] == [
        ("ordering.order-placed", NOON, None),
        ("payments.payment-requested", NOON, None),
    ]


def refund(amount: int, charge: int = 1) -> tuple[Event, Event]:
    id_ = RefundId(UUID(int=amount))
    asked = RefundRequested(
        payment_id=payment_of(ONE), refund_id=id_, charge=charge_key(ONE, charge), amount=inr(amount),
        reason="Dented.", by=Actor.of(SELLER), at=NOON,
    )  # fmt: skip
    gone = RefundSucceeded(
        payment_id=payment_of(ONE), refund_id=id_, amount=inr(amount), transaction_id="re_1", at=NOON
    )
    return asked, gone


async def pay(shop: ReadSide, *events: Event, one_by_one: bool) -> PaymentRow:
    records = shop.journal.record(payment_of(ONE), *events, key=ONE)
    for batch in [[record] for record in records] if one_by_one else [records]:
        await shop.feed(batch)
    row = await payment(shop.conn, payment_of(ONE), orders=SCHEMA)
    assert row is not None
    return row


@pytest.mark.parametrize("one_by_one", [True, False])
async def test_a_payment_tells_its_attempts_and_its_refunds(shop: ReadSide, one_by_one: bool) -> None:
    declined = PaymentDeclined(payment_id=payment_of(ONE), key=charge_key(ONE), reason="No cover.", at=NOON)
    surplus = SurplusReceived(
        payment_id=payment_of(ONE), key=charge_key(ONE, 3), transaction_id="late", amount=inr(500), at=NOON
    )
    row = await pay(
        shop,
        requested(ONE, 500),
        attempted(ONE, 500),
        declined,
        attempted(ONE, 500, attempt=2),
        paid(ONE, 500, attempt=2),
        surplus,
        *refund(500, charge=3),
        *refund(200, charge=2),
        refund(100, charge=2)[0],
        one_by_one=one_by_one,
    )
    assert (row.status, row.paid, row.refunded, row.received, row.returned) == (
        PaymentStatus.PARTIALLY_REFUNDED, 500, 200, 1_000, 700,
    )  # fmt: skip
    assert [(each.number, each.status, each.reason) for each in row.story.attempts] == [
        (1, "declined", "No cover."),
        (2, "succeeded", None),
    ]
    assert [each.refunded_at for each in row.story.refunds] == [NOON, NOON, None]
    assert (row.version, row.order_id, row.amount) == (11, ONE, 500)


async def test_an_order_shows_how_its_payment_stands(shop: ReadSide) -> None:
    await shop.happened(ONE, placed(ONE, line(1)))
    await pay(shop, requested(ONE, 500), attempted(ONE, 500), one_by_one=True)
    row = await order(shop.conn, ONE, orders=SCHEMA)
    assert row is not None
    assert row.payment_status == "pending"
