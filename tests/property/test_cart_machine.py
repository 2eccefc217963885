"""Random histories of one buyer's cart."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from domain.shared.identifiers import AccountId, OrderId, ProductId, open_cart_of
from domain.shared.money import MAX_MINOR, CurrencyMismatch, Money
from domain.shared.quantity import QuantityOutOfRange
from domain.shared.refusal import NotFound, Refusal
from domain.shopping.cart import CARTS, Cart, CartEmpty, CartFull, CartTotalOutOfRange
from domain.shopping.events import (
    CartCheckedOut,
    CartCleared,
    CartEvent,
    CartItemPut,
    CartItemRemoved,
    CartRestored,
    DroppedItem,
    RestoredItem,
)
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

BUYER = AccountId(UUID(int=1))
ORDER = OrderId(UUID(int=2))
PRODUCTS = st.sampled_from([ProductId(UUID(int=n)) for n in range(10, 16)])
QUANTITIES = st.integers(-1, 5) | st.sampled_from([9_999, 10_000, 10_001])
GOOD_QUANTITIES = st.integers(1, 5) | st.sampled_from([5_000, 9_999, 10_000])
PRICES = st.sampled_from(
    [Money(0, "INR"), Money(199, "INR"), Money(10**11, "INR"), Money(10**15, "INR"), Money(5, "JPY")]
)


class CartMachine(AggregateMachine[Cart, CartEvent]):
    category = CARTS
    stream = open_cart_of(BUYER)

    @initialize()
    def open(self) -> None:
        self.begin(Cart.open(cart_id=open_cart_of(BUYER), buyer_id=BUYER, at=NOON))
        self.lines: dict[ProductId, tuple[int, Money]] = {}
        self.worth = 0
        self.filled = False

    def why_not(self, product: ProductId, quantity: int, price: Money) -> type[Refusal] | None:
        """Why the cart may not hold that."""
        if not 1 <= quantity <= 10_000:
            return QuantityOutOfRange
        if product not in self.lines and len(self.lines) == 1_000:
            return CartFull
        if self.lines and next(iter(self.lines.values()))[1].currency != price.currency:
            return CurrencyMismatch
        return CartTotalOutOfRange if self.worth_with(product, quantity, price) > MAX_MINOR else None

    def worth_with(self, product: ProductId, quantity: int, price: Money) -> int:
        """Minor units of all lines, if this one were so."""
        held, at = self.lines.get(product, (0, price))
        return self.worth - held * at.minor + quantity * price.minor

    def hold(self, product: ProductId, quantity: int, price: Money) -> None:
        self.worth = self.worth_with(product, quantity, price)
        self.lines[product] = (quantity, price)

    def empty(self) -> None:
        self.lines, self.worth = {}, 0

    @rule(product=PRODUCTS, quantity=QUANTITIES, price=PRICES)
    def put(self, product: ProductId, quantity: int, price: Money) -> None:
        refused = self.why_not(product, quantity, price)
        then = (CartItemPut(product_id=product, quantity=quantity, price=price),)
        self.decide(lambda cart: cart.put(product, quantity, price), refused=refused, then=then)
        if refused is None:
            self.hold(product, quantity, price)

    @rule(product=PRODUCTS, quantity=QUANTITIES, price=PRICES)
    def add(self, product: ProductId, quantity: int, price: Money) -> None:
        together = quantity + self.lines.get(product, (0, price))[0]
        refused = QuantityOutOfRange if quantity < 1 else self.why_not(product, together, price)
        then = (CartItemPut(product_id=product, quantity=together, price=price),)
        self.decide(lambda cart: cart.add(product, quantity, price), refused=refused, then=then)
        if refused is None:
            self.hold(product, together, price)

    @rule(product=PRODUCTS)
    def remove(self, product: ProductId) -> None:
        refused = None if product in self.lines else NotFound
        self.decide(lambda cart: cart.remove(product), refused=refused, then=(CartItemRemoved(product_id=product),))
        if product in self.lines:
            self.worth = self.worth_with(product, 0, self.lines[product][1])
            del self.lines[product]

    @rule()
    def clear(self) -> None:
        self.decide(lambda cart: cart.clear(), refused=None, then=(CartCleared(),) if self.lines else ())
        self.empty()

    @rule()
    def check_out(self) -> None:
        refused = None if self.lines else CartEmpty
        self.decide(lambda cart: cart.check_out(ORDER), refused=refused, then=(CartCheckedOut(order_id=ORDER),))
        self.empty()

    @rule(items=st.lists(st.tuples(PRODUCTS, GOOD_QUANTITIES, PRICES), max_size=4))
    def restore(self, items: list[tuple[ProductId, int, Money]]) -> None:
        self.put_back([RestoredItem(product_id=p, quantity=q, price=price) for p, q, price in items])

    @rule(count=st.sampled_from([900, 998, 1_001]))
    @precondition(lambda self: not self.filled)
    def restore_many(self, count: int) -> None:
        self.filled = True
        products = [ProductId(UUID(int=1_000 + n)) for n in range(count)]
        self.put_back([RestoredItem(product_id=p, quantity=1, price=Money(100, "INR")) for p in products])

    def put_back(self, items: list[RestoredItem]) -> None:
        restored: dict[ProductId, RestoredItem] = {}
        dropped: list[DroppedItem] = []
        for item in items:
            held, price = self.lines.get(item.product_id, (0, item.price))
            quantity = min(held + item.quantity, 10_000)
            if quantity == held or self.why_not(item.product_id, quantity, price):
                quantity = held
            else:
                self.hold(item.product_id, quantity, price)
                restored[item.product_id] = RestoredItem(product_id=item.product_id, quantity=quantity, price=price)
            if lost := held + item.quantity - quantity:
                dropped.append(DroppedItem(product_id=item.product_id, quantity=lost))
        event = CartRestored(order_id=ORDER, items=tuple(restored.values()), dropped=tuple(dropped))
        self.decide(lambda cart: cart.restore(ORDER, items), refused=None, then=(event,) if items else ())

    @invariant()
    def the_cart_is_what_was_put_into_it(self) -> None:
        cart = self.state
        assert {product: (item.quantity, item.price) for product, item in cart.items.items()} == self.lines
        assert [product for product, _ in sorted(cart.items.items(), key=lambda line: line[1].order)] == list(
            self.lines
        )
        assert cart.worth("INR").minor == sum(quantity * price.minor for quantity, price in self.lines.values())
        assert (cart.total is None) == (not self.lines)
        assert len(cart.items) <= 1_000


TestCartMachine = CartMachine.TestCase
