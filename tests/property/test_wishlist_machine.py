"""Random histories of one buyer's wishlist."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from application.ports.work import Work
from domain.shared.identifiers import AccountId, ProductId, wishlist_of
from domain.shared.refusal import NotFound
from domain.shopping.events import WishAdded, WishlistEvent, WishRemoved
from domain.shopping.wishlist import MAX_WISHES, WISHLISTS, Wishlist, WishlistFull
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

BUYER = AccountId(UUID(int=1))
PRODUCTS = st.sampled_from([ProductId(UUID(int=n)) for n in range(10, 14)])


class WishlistMachine(AggregateMachine[Wishlist, WishlistEvent]):
    category = WISHLISTS
    stream = wishlist_of(BUYER)

    @initialize()
    def open(self) -> None:
        self.now, self.wishes = NOON, dict[ProductId, object]()
        self.begin(Wishlist.open(wishlist_id=wishlist_of(BUYER), buyer_id=BUYER, at=NOON))

    @rule(product=PRODUCTS)
    def add(self, product: ProductId) -> None:
        self.now += timedelta(seconds=1)
        there = product in self.wishes
        refused = WishlistFull if not there and len(self.wishes) == MAX_WISHES else None
        then = () if there else (WishAdded(product_id=product, at=self.now),)
        self.decide(lambda wishlist: wishlist.add(product, self.now), refused=refused, then=then)
        if not there and refused is None:
            self.wishes[product] = self.now

    @rule()
    @precondition(lambda self: len(self.wishes) < 10)
    def fill(self) -> None:
        free = MAX_WISHES - len(self.wishes)
        added = [WishAdded(product_id=ProductId(UUID(int=1_000 + n)), at=self.now) for n in range(free)]

        def dream(work: Work) -> None:
            work.get(WISHLISTS, self.stream)
            work.record(WISHLISTS, self.stream, added)

        self.log.carry_out(dream)
        self.wishes |= {event.product_id: event.at for event in added}

    @rule(product=PRODUCTS)
    def remove(self, product: ProductId) -> None:
        refused = None if product in self.wishes else NotFound
        then = (WishRemoved(product_id=product, at=self.now),)
        self.decide(lambda wishlist: wishlist.remove(product, self.now), refused=refused, then=then)
        self.wishes.pop(product, None)

    @invariant()
    def it_holds_what_was_wished_for(self) -> None:
        assert dict(self.state.wishes.items()) == self.wishes
        assert len(self.wishes) <= MAX_WISHES


TestWishlistMachine = WishlistMachine.TestCase
