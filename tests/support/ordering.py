"""Orders, built as they come to be."""

from datetime import timedelta

from domain.ordering.events import ConfirmationGround
from domain.ordering.order import ORDERS, Order
from domain.ordering.placing import place
from domain.promotions.pricing import Discount, Quote, Sale, quote
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ProductId
from domain.shared.money import Money
from tests.support.accounts import BUYER, SELLER
from tests.support.catalogue import PRICE, SHAMPOO
from tests.support.given import after
from tests.support.shopping import ORDER
from tests.support.times import NOON

WINDOW = timedelta(minutes=30)
PAY_BEFORE = NOON + WINDOW
NOTHING = Money(0, "INR")


def a_sale(
    quantity: int = 1,
    *,
    product: ProductId = SHAMPOO,
    price: Money = PRICE,
    seller: AccountId = SELLER,
    tax_rate: int = 1_800,
) -> Sale:
    return Sale(
        product_id=product,
        seller_id=seller,
        name="Rose Shampoo",
        quantity=quantity,
        price=price,
        tax_rate=tax_rate,
    )


def a_quote(*sales: Sale) -> Quote:
    return quote(sales, discount=Discount(NOTHING), tax_inclusive=False)


def an_unpaid_order(priced: Quote | None = None) -> Order:
    placed = place(
        ORDER,
        buyer_id=BUYER,
        quote=priced or a_quote(a_sale()),
        tax_inclusive=False,
        from_cart=True,
        shipping_address=None,
        pay_before=PAY_BEFORE,
        at=NOON,
    )
    return after(ORDERS, placed)


def a_free_order() -> Order:
    return an_unpaid_order(a_quote(a_sale(price=NOTHING)))


def a_paid_order() -> Order:
    order = an_unpaid_order()
    return after(ORDERS, order.paid(at=NOON), order)


def an_order_paid_at_the_door() -> Order:
    order = an_unpaid_order()
    return after(ORDERS, order.confirm(ground=ConfirmationGround.CASH_ON_DELIVERY, at=NOON), order)


def a_cancelled_order() -> Order:
    order = an_unpaid_order()
    return after(ORDERS, order.cancel(by=Actor.of(BUYER), reason="Found it elsewhere.", at=NOON), order)
