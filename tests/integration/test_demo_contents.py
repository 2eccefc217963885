"""What there is in the demo shop, by its read models."""

import asyncio
import io
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image as Pictures
from psycopg import AsyncConnection

from application.ports.images import Form, ImageKey
from domain.catalogue.images import Image
from domain.catalogue.sales import Sales
from domain.ordering.progress import Status
from domain.payments.status import Status as Paid
from domain.shared.identifiers import derived
from infrastructure.demo.acts import stories
from infrastructure.demo.people import account_named
from infrastructure.demo.pictures import drawn
from infrastructure.demo.shop import CATEGORY_RATES, goods
from infrastructure.images.folder import FolderImages
from projections.order_queries import OrderQuery, OrderRow, find_orders
from projections.payment_queries import PaymentRow, payment
from tests.support.demo import open_for_a_while, seeded
from tests.support.loops import rows
from tests.support.postgres import TestServer

PEOPLE = {f"account:{account_named(name)}": name for name in ("admin", "seller2", "seller3", "buyer7")}
STORIES = {derived("demo-order", story.name): story.name for story in stories()}
MOVED = """
SELECT coalesce(sum((data -> 'amount' ->> 0)::bigint), 0) FROM till.event_log
 WHERE type = ANY(%s) AND coalesce(data ->> 'transaction_id', '') <> 'cash'
"""
TAKEN = "SELECT coalesce(sum(amount), 0) FROM simulated_gateway.charge WHERE status = 'succeeded'"
GIVEN = "SELECT coalesce(sum(amount), 0) FROM simulated_gateway.refund"
ASKED = """
SELECT coalesce(sum((data -> 'amount' ->> 0)::bigint), 0) FROM till.event_log
 WHERE type = 'payments.refund-requested' AND (data ->> 'refund_id')::uuid = ANY(%s)
"""
REVIEWED = """
SELECT r.product_id, r.buyer_id FROM reviews_v1.review r WHERE NOT EXISTS (
    SELECT FROM order_history_v1.order_line l JOIN order_history_v1.orders o ON o.id = l.order_id
     WHERE l.product_id = r.product_id AND o.buyer_id = r.buyer_id AND o.status = 'delivered')
"""
BACKWARDS = """
SELECT count(*) FROM (
    SELECT (data ->> 'at')::timestamptz < lag((data ->> 'at')::timestamptz) OVER (ORDER BY position) AS backwards
      FROM till.event_log WHERE data ? 'at') AS moments
 WHERE backwards
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def shop(postgres: TestServer, home: Path) -> Iterator[str]:
    """Nobody changes anything in it."""

    async def prepare(database: str) -> None:
        await seeded(database, home)
        await open_for_a_while(database, home)

    with postgres.fresh() as database:
        asyncio.run(prepare(database))
        yield database


@asynccontextmanager
async def connected(shop: str) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(shop, autocommit=True) as conn:
        yield conn


async def orders_of(shop: str) -> dict[str, OrderRow]:
    """By the story that they are of."""
    async with connected(shop) as conn:
        found = await find_orders(conn, OrderQuery(limit=100), orders="order_history_v1")
    return {STORIES[each.id]: each for each in found.items}


async def payments_of(shop: str) -> dict[str, PaymentRow]:
    orders = await orders_of(shop)
    async with connected(shop) as conn:
        found = {name: await payment(conn, each.payment_id, orders="order_history_v1") for name, each in orders.items()}
    return {name: each for name, each in found.items() if each is not None}


async def test_there_is_an_order_in_every_state(shop: str) -> None:
    orders = await orders_of(shop)
    assert orders.keys() == set(STORIES.values())
    assert {each.status for each in orders.values()} == set(Status)


async def test_orders_were_cancelled_by_every_party(shop: str) -> None:
    cancelled = {name: each for name, each in (await orders_of(shop)).items() if each.status is Status.CANCELLED}
    by = {PEOPLE.get(each.cancelled_by or "", each.cancelled_by) for each in cancelled.values()}
    assert by == {"admin", "seller2", "buyer7", "system:unpaid-orders"}
    expired = [each for each in cancelled.values() if each.cancelled_by == "system:unpaid-orders"]
    assert all(each.pay_before and each.updated_at >= each.pay_before for each in expired)


async def test_of_some_orders_a_part_was_cancelled(shop: str) -> None:
    orders = await orders_of(shop)
    for name, rest in (("bedsheet-sold-out", Status.DELIVERED), ("paints-sold-out", Status.PROCESSING)):
        assert {line.status for line in orders[name].lines} == {Status.CANCELLED, rest}


async def test_payments_have_gone_every_way(shop: str) -> None:
    payments = await payments_of(shop)
    assert {each.status for each in payments.values()} == set(Paid)
    assert payments["sent-back-unopened"].status is Paid.REFUNDED
    assert payments["weather-station-dented"].story.refunded == 45_000
    assert [attempt.status for attempt in payments["the-second-card"].story.attempts] == ["declined", "succeeded"]
    assert payments["answer-lost"].status is Paid.SUCCEEDED


async def test_what_came_in_is_what_went_out_and_what_is_owed_for(shop: str) -> None:
    orders, payments = await orders_of(shop), await payments_of(shop)
    kept = sum(each.story.received - each.story.returned for each in payments.values())
    live = [line for name, each in payments.items() if each.story.payment for line in orders[name].lines]
    sold = sum(line.payable for line in live if line.status is not Status.CANCELLED)
    refunds = [derived("demo-refund", name) for name in STORIES.values()]
    assert kept == sold - rows(shop, ASKED, refunds)[0][0]
    assert kept > 0


async def test_the_providers_books_say_the_same(shop: str) -> None:
    received = ["payments.payment-succeeded", "payments.surplus-received"]
    assert rows(shop, MOVED, received) == rows(shop, TAKEN)
    assert rows(shop, MOVED, ["payments.refund-succeeded"]) == rows(shop, GIVEN)
    assert rows(shop, MOVED, ["payments.refund-requested"]) == rows(shop, GIVEN)


async def test_every_product_has_a_picture_that_loads(shop: str, home: Path) -> None:
    store = FolderImages(home / "images")
    found = rows(shop, "SELECT name, images FROM catalogue_v1.product")
    assert len(found) == len(goods())
    for name, text in found:
        images = msgspec.json.decode(text, type=tuple[Image, ...])
        assert images, name
        for key in [ImageKey(image.id, form) for image in images for form in Form]:
            with Pictures.open(io.BytesIO(await store.get(key) or b"")) as picture:
                picture.load()


def test_no_two_products_look_alike_and_each_looks_the_same_every_time() -> None:
    first, again = ([drawn(each, view) for each in goods() for view in range(2)] for _ in range(2))
    assert first == again
    assert len(set(first)) == len(first)


async def test_every_product_stands_in_one_of_the_categories(shop: str) -> None:
    known = {category for (category,) in rows(shop, "SELECT id FROM categories_v1.category")}
    assert len(known) == len(CATEGORY_RATES)
    assert {category for (category,) in rows(shop, "SELECT category_id FROM catalogue_v1.product")} <= known


async def test_sales_are_over_running_and_to_come(shop: str) -> None:
    now = datetime.now(UTC)
    windows = {
        sku: msgspec.json.decode(text, type=Sales).windows
        for sku, text in rows(shop, "SELECT sku, sales FROM catalogue_v1.product")
    }
    assert [window.covers(now) for window in windows["EL-402"]] == [True]
    assert [window.started for window in windows["EL-402"]] == [True]
    assert [window.ended for window in windows["BK-103"]] == [True]
    assert all(window.start > now for window in windows["KT-203"])


async def test_coupons_are_good_used_up_switched_off_over_and_not_yet_valid(shop: str) -> None:
    now = datetime.now(UTC)
    query = "SELECT code, used, usage_limit, active, valid_from, valid_to, seller_id FROM coupons_v1.coupon"
    coupons = {row[0]: row[1:] for row in rows(shop, query)}
    assert coupons["FIRST-THREE"][:2] == (3, 3)
    assert coupons["KITCHEN-5"][2] is False
    assert coupons["DIWALI-20"][0] == 1
    assert coupons["DIWALI-20"][4] < now < coupons["WINTER-12"][3]
    assert coupons["WRITE-HOME"][5] == account_named("seller3")
    assert coupons["MONSOON-10"][0] == 1


async def test_reviews_are_of_those_who_were_delivered(shop: str) -> None:
    ratings = Counter(rating for (rating,) in rows(shop, "SELECT rating FROM reviews_v1.review"))
    assert ratings.total() == 19
    assert set(ratings) == {2, 3, 4, 5}
    assert rows(shop, REVIEWED) == []


async def test_people_have_homes_wishes_and_carts(shop: str) -> None:
    assert rows(shop, "SELECT count(DISTINCT address_book_id) FROM address_books_v1.address") == [(8,)]
    assert rows(shop, "SELECT count(*) FROM wishlists_v1.wish") == [(13,)]
    assert rows(shop, "SELECT count(*) > 2 FROM carts_v1.cart_line") == [(True,)]


async def test_it_happened_over_four_weeks_and_in_order(shop: str) -> None:
    days = rows(shop, "SELECT count(DISTINCT (created_at AT TIME ZONE 'UTC')::date) FROM order_history_v1.orders")
    assert days[0][0] > 15
    assert rows(shop, BACKWARDS) == [(0,)]
