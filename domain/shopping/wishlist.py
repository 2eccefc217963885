"""What a buyer would like to have, some day."""

from datetime import datetime
from typing import assert_never

import msgspec
from immutables import Map
from msgspec.structs import replace

from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, ProductId, WishlistId
from domain.shared.refusal import NotFound, Refusal
from domain.shopping.events import WishAdded, WishlistEvent, WishlistOpened, WishRemoved

MAX_WISHES = 500


class WishlistFull(Refusal):
    """A wishlist holds at most 500 products."""

    code = "wishlist-full"


class Wishlist(msgspec.Struct, frozen=True, kw_only=True):
    """A buyer's one wishlist."""

    id: WishlistId
    buyer_id: AccountId
    wishes: Map[ProductId, datetime] = Map()
    """When each was added."""

    @staticmethod
    def open(*, wishlist_id: WishlistId, buyer_id: AccountId, at: datetime) -> tuple[WishlistEvent, ...]:
        return (WishlistOpened(wishlist_id=wishlist_id, buyer_id=buyer_id, at=at),)

    def add(self, product_id: ProductId, at: datetime) -> tuple[WishlistEvent, ...]:
        """No event where it is there already."""
        if product_id in self.wishes:
            return ()
        if len(self.wishes) >= MAX_WISHES:
            raise WishlistFull(f"A wishlist holds at most {MAX_WISHES} products.")
        return (WishAdded(product_id=product_id, at=at),)

    def remove(self, product_id: ProductId, at: datetime) -> tuple[WishlistEvent, ...]:
        if product_id not in self.wishes:
            raise NotFound("The product is not on the wishlist.")
        return (WishRemoved(product_id=product_id, at=at),)


def evolve(wishlist: Wishlist | None, event: WishlistEvent) -> Wishlist:
    """The wishlist after the event."""
    match event:
        case WishlistOpened():
            return Wishlist(id=event.wishlist_id, buyer_id=event.buyer_id)
        case _ if wishlist is None:
            raise ValueError(f"{event.topic} came first")
        case WishAdded(product_id=product_id, at=at):
            return replace(wishlist, wishes=wishlist.wishes.set(product_id, at))
        case WishRemoved(product_id=product_id):
            return replace(wishlist, wishes=wishlist.wishes.delete(product_id))
        case _:
            assert_never(event)


WISHLISTS: Category[Wishlist, WishlistEvent] = Category(
    name="wishlist",
    family=Family.CUSTOMERS,
    events=(WishlistOpened, WishAdded, WishRemoved),
    state=Wishlist,
    evolve=evolve,
    key=lambda wishlist: wishlist.buyer_id,
)
