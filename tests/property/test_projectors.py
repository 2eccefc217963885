"""No event that can be recorded poisons a projector, however extreme its values."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.accounts.address_events import AddressBookOpened
from domain.accounts.events import AccountRegistered, Role, SessionStarted
from domain.accounts.key_events import ApiKeyIssued
from domain.catalogue.category_events import CategoryAdded
from domain.catalogue.events import ReviewGiven
from domain.inventory.events import StockOpened
from domain.payments.events import PaymentRequested
from domain.promotions.events import CouponCreated
from domain.reporting.events import ReportFormat, ReportRequested
from domain.shared.event import Event
from domain.shared.identifiers import (
    CATEGORY_TREE,
    AccountId,
    AddressBookId,
    ApiKeyId,
    CartId,
    CategoryId,
    ClaimId,
    CouponId,
    PaymentId,
    ReportId,
    SessionId,
    WishlistId,
    review_of,
)
from domain.shared.sealed import Sealed
from domain.shopping.events import CartOpened, WishlistOpened
from infrastructure.eventstore.registry import event_codec
from projections.address_books import addresses
from projections.cart_queries import cart
from projections.catalogue_lists import ProductQuery, Sort, product_lists
from projections.catalogue_queries import products_by_id
from projections.categories import categories
from projections.coupon_queries import find_coupons
from projections.order_payments import payment
from projections.order_queries import OrderQuery, find_orders
from projections.projection import Connection
from projections.reports import reports
from projections.search_queries import SearchQuery, search
from projections.search_terms import asked
from projections.sessions import sessions_of
from projections.stock_queries import LevelQuery, levels
from projections.wishlists import wishlist
from tests.support import profiles
from tests.support.coupons import TERMS
from tests.support.events import events_of
from tests.support.happenings import BUYER, inr, line, listed, order_id, placed, product
from tests.support.journal import Journal
from tests.support.postgres import TestServer
from tests.support.read_side import JOINED, PROJECTIONS, TABLES, ReadSide, read_side_on
from tests.support.reports import QUESTION
from tests.support.times import NOON

CODEC = event_codec()
PRODUCT, ORDER, PAYMENT, STREAM = product(1), order_id(1), PaymentId(UUID(int=0xF1)), UUID(int=0xE1)
REVIEW = review_of(PRODUCT, BUYER)
KINDS = tuple(dict.fromkeys(kind for projection in PROJECTIONS for kind in projection.events))

FIRST: dict[str, Event] = {
    "account": AccountRegistered(
        account_id=AccountId(STREAM), email=Sealed(STREAM, "e"), email_claim=ClaimId(STREAM), name=Sealed(STREAM, "n"),
        role=Role.BUYER, at=NOON,
    ),
    "category-tree": CategoryAdded(
        category_id=CategoryId(STREAM), name="c", parent_id=None, tax_rate=None, at=NOON
    ),
    "api-key": ApiKeyIssued(key_id=ApiKeyId(STREAM), issuer_id=BUYER, name="", at=NOON),
    "product": listed(PRODUCT),
    "stock": StockOpened(product_id=PRODUCT, threshold=5),
    "review": ReviewGiven(
        review_id=REVIEW, product_id=PRODUCT, buyer_id=BUYER, order_id=ORDER, rating=5, text="", at=NOON
    ),
    "report": ReportRequested(
        report_id=ReportId(STREAM), requester_id=BUYER, question=QUESTION, file_format=ReportFormat.CSV, at=NOON
    ),
    "address-book": AddressBookOpened(address_book_id=AddressBookId(STREAM), account_id=BUYER, at=NOON),
    "session": SessionStarted(
        session_id=SessionId(STREAM), account_id=BUYER, client="c", at=NOON, expires_at=NOON
    ),
    "cart": CartOpened(cart_id=CartId(STREAM), buyer_id=BUYER, at=NOON),
    "wishlist": WishlistOpened(wishlist_id=WishlistId(STREAM), buyer_id=BUYER, at=NOON),
    "order": placed(ORDER, line(1)),
    "payment": PaymentRequested(payment_id=PAYMENT, order_id=ORDER, buyer_id=BUYER, amount=inr(1), at=NOON),
    "coupon": CouponCreated(coupon_id=CouponId(STREAM), code="ROSE-10", terms=TERMS, at=NOON),
}  # fmt: skip
KEYS = {
    "account": STREAM,
    "category-tree": CATEGORY_TREE,
    "api-key": BUYER,
    "report": BUYER,
    "product": PRODUCT,
    "stock": PRODUCT,
    "review": PRODUCT,
    "address-book": BUYER,
    "session": BUYER,
    "cart": BUYER,
    "wishlist": BUYER,
    "order": ORDER,
    "payment": ORDER,
    "coupon": STREAM,
}
STREAMS = {
    "category-tree": CATEGORY_TREE, "product": PRODUCT, "review": REVIEW, "order": ORDER, "payment": PAYMENT,
}  # fmt: skip
IDENTITY = {
    "account_id": AccountId(STREAM), "product_id": PRODUCT, "cart_id": CartId(STREAM), "order_id": ORDER,
    "payment_id": PAYMENT, "review_id": REVIEW, "wishlist_id": WishlistId(STREAM), "coupon_id": CouponId(STREAM),
    "category_id": CategoryId(STREAM), "key_id": ApiKeyId(STREAM), "report_id": ReportId(STREAM),
    "address_book_id": AddressBookId(STREAM), "session_id": SessionId(STREAM),
}  # fmt: skip


@pytest.fixture(scope="module")
def project(postgres: TestServer) -> Iterator[Callable[[list[Event]], None]]:
    """Applies events of one stream to all read models, reads them back, and takes it all back."""
    with postgres.fresh() as database, asyncio.Runner() as runner:
        context = read_side_on(database)
        shop = runner.run(context.__aenter__())
        yield lambda events: runner.run(_project(shop, events))
        runner.run(context.__aexit__(None, None, None))


async def _project(shop: ReadSide, events: list[Event]) -> None:
    journal = Journal(shop.journal.database, CODEC)
    category = _category(events[0])
    stream = STREAMS.get(category, STREAM)
    records = journal.record(stream, *events, key=KEYS[category])
    async with shop.conn.transaction(force_rollback=True):
        for projection in PROJECTIONS:
            wanted = [record for record in records if type(record.event) in projection.events]
            if wanted:
                await projection.apply(shop.conn, f"{projection.name}_v1", wanted)
        await _read(shop.conn)


async def _read(conn: Connection) -> None:
    for sort in Sort:
        (page,) = await product_lists(conn, [ProductQuery(sort=sort)], tables=TABLES, at=NOON)
        await products_by_id(conn, [listed.id for listed in page.items], tables=TABLES, at=NOON)
    await categories(conn, "categories_v1")
    for words in ("a", "kkk", "x" * 70, "shampoo real"):
        question = asked(words)
        assert question is not None
        await search(conn, SearchQuery(question, ProductQuery()), documents="search_v1", tables=TABLES, at=NOON)
    await levels(conn, LevelQuery(low=True), **JOINED)
    await cart(conn, BUYER, carts="carts_v1", **JOINED, at=NOON)
    await addresses(conn, BUYER, books="address_books_v1")
    await sessions_of(conn, BUYER, at=NOON, sessions="sessions_v1")
    await wishlist(conn, BUYER, wishlists="wishlists_v1")
    await find_orders(conn, OrderQuery(), orders="order_history_v1")
    await find_coupons(conn, coupons="coupons_v1")
    await reports(conn, schema="reports_v1", limit=20, offset=0, after=None)
    await payment(conn, PAYMENT, orders="order_history_v1")


def of_this_stream(event: Event) -> Event:
    names: dict[str, Any] = {name: value for name, value in IDENTITY.items() if hasattr(event, name)}
    return replace(event, **names)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.topic)
@profiles.on_the_real_store()
@given(data=st.data())
def test_no_event_poisons_a_projector(
    project: Callable[[list[Event]], None], kind: type[Event], data: st.DataObject
) -> None:
    event = of_this_stream(data.draw(events_of(kind)))
    first = FIRST[_category(event)]
    project([event] if isinstance(event, type(first)) else [first, event])


def _category(event: Event) -> str:
    return CODEC.category(CODEC.name(event)).name
