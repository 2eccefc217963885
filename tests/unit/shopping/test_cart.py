"""A cart within its limits, and what is put back into it."""

from uuid import UUID

import pytest

from domain.shared.identifiers import ProductId
from domain.shared.money import MAX_MINOR, CurrencyMismatch, Money
from domain.shared.quantity import QuantityOutOfRange
from domain.shared.refusal import NotFound
from domain.shopping.cart import CARTS, CartEmpty, CartFull, CartTotalOutOfRange
from domain.shopping.events import (
    CartCheckedOut,
    CartCleared,
    CartItemPut,
    CartItemRemoved,
    CartRestored,
    DroppedItem,
    RestoredItem,
)
from tests.support.catalogue import PRICE, SHAMPOO, SOAP
from tests.support.given import after, given
from tests.support.shopping import ORDER, a_cart_with, a_full_cart, an_empty_cart

DEARER = Money(99_900, "INR")
IN_FULL_CART = ProductId(UUID(int=0xF000))


def item_put(quantity: int, price: Money = PRICE) -> CartItemPut:
    return CartItemPut(product_id=SHAMPOO, quantity=quantity, price=price)


def back(product_id: ProductId, quantity: int, price: Money = PRICE) -> RestoredItem:
    return RestoredItem(product_id=product_id, quantity=quantity, price=price)


def dropped(product_id: ProductId, quantity: int) -> DroppedItem:
    return DroppedItem(product_id=product_id, quantity=quantity)


def restored(*items: RestoredItem, dropped: tuple[DroppedItem, ...] = ()) -> CartRestored:
    return CartRestored(order_id=ORDER, items=items, dropped=dropped)


def test_adding_counts_on_what_is_there() -> None:
    given(an_empty_cart()).when(lambda cart: cart.add(SHAMPOO, 2, PRICE)).then(item_put(2))
    given(a_cart_with((SHAMPOO, 2, PRICE))).when(lambda cart: cart.add(SHAMPOO, 3, DEARER)).then(item_put(5, DEARER))


def test_putting_replaces_what_is_there() -> None:
    given(a_cart_with((SHAMPOO, 2, PRICE))).when(lambda cart: cart.put(SHAMPOO, 1, DEARER)).then(item_put(1, DEARER))


@pytest.mark.parametrize("quantity", [-1, 0, 10_001])
def test_a_line_is_1_to_10000_units(quantity: int) -> None:
    given(an_empty_cart()).when(lambda cart: cart.add(SHAMPOO, quantity, PRICE)).refused(QuantityOutOfRange)
    given(an_empty_cart()).when(lambda cart: cart.put(SHAMPOO, quantity, PRICE)).refused(QuantityOutOfRange)


def test_adding_beyond_10000_units_is_refused() -> None:
    cart = a_cart_with((SHAMPOO, 9_999, PRICE))
    given(cart).when(lambda cart: cart.add(SHAMPOO, 1, PRICE)).then(item_put(10_000))
    given(cart).when(lambda cart: cart.add(SHAMPOO, 2, PRICE)).refused(QuantityOutOfRange)


def test_a_cart_holds_a_thousand_products() -> None:
    refusal = given(a_full_cart()).when(lambda cart: cart.add(SHAMPOO, 1, PRICE)).refused(CartFull)
    assert refusal.code == "cart-full"
    more = CartItemPut(product_id=IN_FULL_CART, quantity=2, price=PRICE)
    given(a_full_cart()).when(lambda cart: cart.add(IN_FULL_CART, 1, PRICE)).then(more)


def test_a_cart_comes_to_no_more_than_an_amount_may_be() -> None:
    cart = a_cart_with((SOAP, 1, Money(MAX_MINOR - 100, "INR")))
    one_rupee = Money(100, "INR")
    given(cart).when(lambda cart: cart.add(SHAMPOO, 1, one_rupee)).then(item_put(1, one_rupee))
    given(cart).when(lambda cart: cart.add(SHAMPOO, 2, one_rupee)).refused(CartTotalOutOfRange)


def test_currencies_do_not_mix_in_a_cart() -> None:
    cart = a_cart_with((SOAP, 1, PRICE))
    given(cart).when(lambda cart: cart.add(SHAMPOO, 1, Money(5, "JPY"))).refused(CurrencyMismatch)


def test_the_total_follows_every_line() -> None:
    cart = a_cart_with((SHAMPOO, 2, PRICE), (SOAP, 1, DEARER), (SHAMPOO, 3, DEARER))
    assert cart.total == DEARER.times(4)
    cart = after(CARTS, cart.remove(SOAP), cart)
    assert cart.total == DEARER.times(3)
    cart = after(CARTS, cart.remove(SHAMPOO), cart)
    assert cart.total is None
    assert cart.worth("INR") == Money.zero("INR")


def test_lines_keep_their_order() -> None:
    cart = a_cart_with((SHAMPOO, 2, PRICE), (SOAP, 1, DEARER), (SHAMPOO, 3, DEARER))
    assert cart.items[SHAMPOO].order < cart.items[SOAP].order


def test_a_line_is_removed() -> None:
    given(a_cart_with((SHAMPOO, 2, PRICE))).when(lambda cart: cart.remove(SHAMPOO)).then(
        CartItemRemoved(product_id=SHAMPOO)
    )
    given(an_empty_cart()).when(lambda cart: cart.remove(SHAMPOO)).refused(NotFound)


def test_clearing_an_empty_cart_is_no_news() -> None:
    given(a_cart_with((SHAMPOO, 2, PRICE))).when(lambda cart: cart.clear()).then(CartCleared())
    given(an_empty_cart()).when(lambda cart: cart.clear()).then()


def test_a_checked_out_cart_is_empty() -> None:
    cart = a_cart_with((SHAMPOO, 2, PRICE))
    given(cart).when(lambda cart: cart.check_out(ORDER)).then(CartCheckedOut(order_id=ORDER))
    emptied = after(CARTS, cart.check_out(ORDER), cart)
    given(emptied).when(lambda cart: cart.check_out(ORDER)).refused(CartEmpty)


def test_an_orders_lines_are_put_back() -> None:
    given(an_empty_cart()).when(lambda cart: cart.restore(ORDER, [back(SHAMPOO, 2)])).then(restored(back(SHAMPOO, 2)))
    given(an_empty_cart()).when(lambda cart: cart.restore(ORDER, [])).then()


def test_a_line_that_is_there_again_grows_and_keeps_its_price() -> None:
    cart = a_cart_with((SHAMPOO, 2, DEARER))
    given(cart).when(lambda cart: cart.restore(ORDER, [back(SHAMPOO, 3)])).then(restored(back(SHAMPOO, 5, DEARER)))


def test_what_is_beyond_10000_units_is_dropped() -> None:
    cart = a_cart_with((SHAMPOO, 9_999, PRICE))
    given(cart).when(lambda cart: cart.restore(ORDER, [back(SHAMPOO, 3)])).then(
        restored(back(SHAMPOO, 10_000), dropped=(dropped(SHAMPOO, 2),))
    )


def test_what_does_not_fit_into_a_full_cart_is_dropped() -> None:
    one = Money(100, "INR")
    given(a_full_cart()).when(lambda cart: cart.restore(ORDER, [back(SHAMPOO, 3), back(IN_FULL_CART, 1)])).then(
        restored(back(IN_FULL_CART, 2, one), dropped=(dropped(SHAMPOO, 3),))
    )


def test_what_would_be_worth_too_much_is_dropped() -> None:
    cart = a_cart_with((SOAP, 1, Money(MAX_MINOR, "INR")))
    given(cart).when(lambda cart: cart.restore(ORDER, [back(SHAMPOO, 1)])).then(
        restored(dropped=(dropped(SHAMPOO, 1),))
    )


def test_a_restored_cart_holds_the_lines_as_they_stand() -> None:
    cart = a_cart_with((SOAP, 1, DEARER))
    cart = after(CARTS, cart.restore(ORDER, [back(SHAMPOO, 2), back(SOAP, 1)]), cart)
    assert {product: item.quantity for product, item in cart.items.items()} == {SHAMPOO: 2, SOAP: 2}
    assert cart.total == PRICE.times(2) + DEARER.times(2)
