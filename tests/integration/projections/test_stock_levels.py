"""Stock levels, each from one product's events, joined with whose product it is."""

from uuid import UUID

from domain.inventory.events import StockReleased, StockReserved, StockThresholdSet
from domain.shared.identifiers import AccountId, OrderId, ProductId, stock_of
from projections.stock_levels import changed_levels
from projections.stock_queries import LevelQuery, level, levels
from tests.support.happenings import SELLER, listed, product, stocked
from tests.support.read_side import JOINED, ReadSide

ORDER = OrderId(UUID(int=9))


async def stock(shop: ReadSide, number: int, on_hand: int, *, seller: AccountId = SELLER) -> ProductId:
    id_ = product(number)
    await shop.happened(id_, listed(id_, seller=seller))
    await shop.happened(stock_of(id_), *stocked(id_, on_hand), key=id_)
    return id_


async def test_reserving_and_releasing_move_what_is_available(shop: ReadSide) -> None:
    id_ = await stock(shop, 1, 10)
    reserved = StockReserved(product_id=id_, order_id=ORDER, quantity=4)
    await shop.happened(stock_of(id_), reserved, reserved, key=id_)
    row = await level(shop.conn, id_, **JOINED)
    assert row is not None
    assert (row.on_hand, row.reserved, row.available, row.low, row.version) == (10, 8, 2, True, 4)
    await shop.happened(stock_of(id_), StockReleased(product_id=id_, order_id=ORDER, quantity=4), key=id_)
    row = await level(shop.conn, id_, **JOINED)
    assert row is not None
    assert (row.reserved, row.available, row.low) == (4, 6, False)


async def test_the_list_is_a_sellers_own_or_all_and_can_be_of_what_ran_low(shop: ReadSide) -> None:
    other = AccountId(UUID(int=0x52))
    one, two, three = [await stock(shop, n, 10, seller=other if n == 3 else SELLER) for n in (1, 2, 3)]
    await shop.happened(stock_of(two), StockThresholdSet(product_id=two, threshold=10), key=two)
    everything = await levels(shop.conn, LevelQuery(), **JOINED)
    assert ([row.product_id for row in everything.items], everything.total) == ([one, two, three], 3)
    own = await levels(shop.conn, LevelQuery(seller=SELLER, limit=1), **JOINED)
    assert ([row.product_id for row in own.items], own.total, own.more) == ([one], 2, True)
    rest = await levels(shop.conn, LevelQuery(seller=SELLER, limit=1, after=one), **JOINED)
    assert ([row.product_id for row in rest.items], rest.more) == ([two], False)
    low = await levels(shop.conn, LevelQuery(low=True), **JOINED)
    assert ([row.product_id for row in low.items], low.total) == ([two], 1)


async def test_what_changed_is_told_by_position(shop: ReadSide) -> None:
    id_ = await stock(shop, 1, 10)
    head = shop.journal.positions
    assert await changed_levels(shop.conn, "stock_levels_v1", head) == []
    assert await changed_levels(shop.conn, "stock_levels_v1", head - 1) == [(id_, head)]
