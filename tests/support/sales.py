"""A day of trade as it stands in the log: many products, buyers and orders, interleaved at random."""

from random import Random
from uuid import UUID

from application.ports.log import Record
from domain.inventory.events import StockReserved
from domain.shared.identifiers import AccountId, open_cart_of, payment_of, stock_of
from domain.shopping.events import CartCheckedOut, CartItemPut, CartOpened
from tests.support.happenings import attempted, inr, line, listed, order_id, paid, placed, product, requested, stocked
from tests.support.journal import Journal
from tests.support.times import NOON

PRODUCTS = 20


def opening(journal: Journal) -> list[Record]:
    """Products on the shelves."""
    records = []
    for number in range(PRODUCTS):
        id_ = product(number)
        records += journal.record(id_, listed(id_, price=100 + number))
        records += journal.record(stock_of(id_), *stocked(id_, 100_000), key=id_)
    return records


def sale(journal: Journal, number: int, random: Random) -> list[Record]:
    """One buyer fills a cart, checks out, pays."""
    buyer, order = AccountId(UUID(int=0xB000 + number % 10)), order_id(number)
    cart, payment = open_cart_of(buyer), payment_of(order)
    chosen = [random.randrange(PRODUCTS) for _ in range(random.randint(1, 4))]
    lines = [line(n, quantity=random.randint(1, 3), price=100 + n) for n in dict.fromkeys(chosen)]
    amount = sum(each.payable.minor for each in lines)
    opened = [CartOpened(cart_id=cart, buyer_id=buyer, at=NOON)] if number < 10 else []
    put = [CartItemPut(product_id=each.product_id, quantity=each.quantity, price=inr(1)) for each in lines]
    records = journal.record(cart, *opened, *put, CartCheckedOut(order_id=order), key=buyer)
    for each in lines:
        reserved = StockReserved(product_id=each.product_id, order_id=order, quantity=each.quantity)
        records += journal.record(stock_of(each.product_id), reserved, key=each.product_id)
    records += journal.record(order, placed(order, *lines, buyer=buyer))
    records += journal.record(
        payment, requested(order, amount), attempted(order, amount), paid(order, amount), key=order
    )
    return records


def day(journal: Journal, sales: int, seed: int) -> list[Record]:
    random = Random(seed)
    return [*opening(journal), *(record for number in range(sales) for record in sale(journal, number, random))]
