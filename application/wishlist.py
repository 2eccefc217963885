"""Commands on the buyer's own wishlist."""

from datetime import datetime
from typing import ClassVar

from application.access import acting_account, require_version
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from domain.accounts.events import Role
from domain.catalogue.product import PRODUCTS
from domain.shared.identifiers import AccountId, ProductId, WishlistId, wishlist_of
from domain.shared.refusal import NotFound
from domain.shopping.wishlist import WISHLISTS, Wishlist


class WishKept(Result, frozen=True, kw_only=True):
    """One product on the wishlist, and how many there are after the command."""

    wishlist_id: WishlistId
    version: int
    product_id: ProductId
    title: str
    added_at: datetime
    wishes: int


class WishGone(Result, frozen=True, kw_only=True):
    wishlist_id: WishlistId
    version: int


class AddWish(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "shopping.add-wish"
    product_id: ProductId

    def streams(self) -> Touched:
        return touching(PRODUCTS, self.product_id)


class RemoveWish(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "shopping.remove-wish"
    product_id: ProductId
    expected_version: int | None = None


def add_wish(command: AddWish, work: Work) -> WishKept:
    """What is on the list already stays as it is. It may be out of stock, but not out of the catalogue."""
    buyer = acting_account(work, Role.BUYER)
    product = work.get(PRODUCTS, command.product_id)
    product.require_buyable()
    wishlist_id = wishlist_of(buyer.id)
    work.record(WISHLISTS, wishlist_id, _open_wishlist(work, buyer.id).add(product.id, work.now))
    wishes = work.get(WISHLISTS, wishlist_id).wishes
    return WishKept(
        wishlist_id=wishlist_id,
        version=work.version(wishlist_id),
        product_id=product.id,
        title=product.name,
        added_at=wishes[product.id],
        wishes=len(wishes),
    )


def remove_wish(command: RemoveWish, work: Work) -> WishGone:
    buyer = acting_account(work, Role.BUYER)
    wishlist_id = wishlist_of(buyer.id)
    wishlist = work.find(WISHLISTS, wishlist_id)
    if wishlist is None:
        raise NotFound("The product is not on the wishlist.")
    require_version(work, wishlist_id, command.expected_version)
    work.record(WISHLISTS, wishlist_id, wishlist.remove(command.product_id, work.now))
    return WishGone(wishlist_id=wishlist_id, version=work.version(wishlist_id))


def _open_wishlist(work: Work, buyer: AccountId) -> Wishlist:
    """The buyer's wishlist, opened on first use."""
    wishlist_id = wishlist_of(buyer)
    if work.find(WISHLISTS, wishlist_id) is None:
        work.record(WISHLISTS, wishlist_id, Wishlist.open(wishlist_id=wishlist_id, buyer_id=buyer, at=work.now))
    return work.get(WISHLISTS, wishlist_id)
