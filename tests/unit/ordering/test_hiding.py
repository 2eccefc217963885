"""Orders out of sight: when, by whom, and what goes on all the same."""

from datetime import timedelta

import pytest

from application.access import VersionMismatch
from application.ordering.hiding import DeleteOrder, RestoreOrder, delete_order, restore_order
from application.ordering.results import OrderStands
from domain.inventory.stock import STOCKS
from domain.ordering.events import OrderDeleted, OrderRestored
from domain.ordering.hiding import OrderNotDeletable
from domain.ordering.progress import Status
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, stock_of
from domain.shared.refusal import Forbidden, NotFound
from tests.support.accounts import ADMIN, BUYER, SELLER, STRANGER
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO
from tests.support.shopping import ORDER

DAY = timedelta(days=1)


@pytest.fixture
def shop() -> Buying:
    shop = Buying()
    shop.stocks(10)
    shop.carts(2)
    shop.checks_out()
    return shop


def deletes(shop: Buying, *, by: AccountId = BUYER, version: int | None = None) -> OrderStands:
    command = DeleteOrder(order_id=ORDER, expected_version=version)
    return shop.ask(lambda work: delete_order(command, work), by=by)


def restores(shop: Buying, *, by: AccountId = BUYER) -> OrderStands:
    return shop.ask(lambda work: restore_order(RestoreOrder(order_id=ORDER), work), by=by)


def test_an_order_is_deleted_from_one_day_after_it_was_placed(shop: Buying) -> None:
    shop.pays()
    shop.log.now += DAY - timedelta(microseconds=1)
    with pytest.raises(OrderNotDeletable, match="one day after"):
        deletes(shop)
    shop.log.now += timedelta(microseconds=1)
    assert deletes(shop).deleted_at == shop.log.now
    assert shop.log.events(ORDER)[-1] == OrderDeleted(order_id=ORDER, by=Actor.of(BUYER), at=shop.log.now)


def test_deleting_and_restoring_twice_is_no_news(shop: Buying) -> None:
    shop.pays()
    shop.log.now += DAY
    before = shop.history()
    assert restores(shop).deleted_at is None
    assert shop.history() == before
    deletes(shop)
    before = shop.history()
    deletes(shop, by=ADMIN)
    assert shop.history() == before
    assert restores(shop, by=ADMIN).deleted_at is None
    assert shop.log.events(ORDER)[-1] == OrderRestored(order_id=ORDER, by=Actor.of(ADMIN), at=shop.log.now)


def test_what_was_delivered_is_not_deleted(shop: Buying) -> None:
    shop.pays()
    for step in (Status.SHIPPED, Status.DELIVERED):
        shop.moves(step)
    shop.log.now += DAY
    for by in (BUYER, ADMIN):
        with pytest.raises(OrderNotDeletable, match="delivered"):
            deletes(shop, by=by)


def test_only_its_owner_and_admins_delete_an_order(shop: Buying) -> None:
    shop.pays()
    shop.log.now += DAY
    for act in (deletes, restores):
        with pytest.raises(NotFound):
            act(shop, by=STRANGER)
        with pytest.raises(Forbidden):
            act(shop, by=SELLER)
    with pytest.raises(VersionMismatch):
        deletes(shop, version=1)


def test_a_deleted_order_still_goes_on_and_its_money_goes_back(shop: Buying) -> None:
    shop.pays()
    shop.log.now += DAY
    deletes(shop)
    assert shop.cancels().status == "cancelled"
    assert shop.log.state(STOCKS, stock_of(SHAMPOO)).reserved == 0
    assert shop.run_due() == 1
    assert shop.payment().status == "refunded"
    assert restores(shop).status == "cancelled"


def test_a_deleted_order_still_expires(shop: Buying) -> None:
    shop.log.now += DAY
    deletes(shop)
    shop.run_due()
    assert shop.order().status is Status.CANCELLED
    assert shop.order().deleted_at == shop.log.now
