"""What a crowd says of some products and wishes for, as records of the log."""

from random import Random
from uuid import UUID

from application.ports.log import Record
from domain.catalogue.events import ReviewDeleted, ReviewEdited, ReviewGiven
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, review_of, wishlist_of
from domain.shopping.events import WishAdded, WishlistOpened, WishRemoved
from tests.support.happenings import order_id, product
from tests.support.journal import Journal
from tests.support.times import NOON

BUYERS = [AccountId(UUID(int=0xB000 + n)) for n in range(20)]
PRODUCTS = [product(n) for n in range(12)]


def opinions(journal: Journal, count: int, *, seed: int) -> list[Record]:
    """Of each kind so many, mixed."""
    luck = Random(seed)
    records: list[Record] = []
    for buyer in BUYERS:
        opened = WishlistOpened(wishlist_id=wishlist_of(buyer), buyer_id=buyer, at=NOON)
        records += journal.record(wishlist_of(buyer), opened, key=buyer)
    said, wished = set[UUID](), set[tuple[AccountId, UUID]]()
    for _ in range(count):
        records += _review(journal, luck, said) + _wish(journal, luck, wished)
    return records


def _review(journal: Journal, luck: Random, said: set[UUID]) -> list[Record]:
    about, buyer, rating = luck.choice(PRODUCTS), luck.choice(BUYERS), luck.randint(1, 5)
    review, text = review_of(about, buyer), str(rating)
    event: ReviewGiven | ReviewEdited | ReviewDeleted
    if review not in said:
        said.add(review)
        event = ReviewGiven(
            review_id=review, product_id=about, buyer_id=buyer, order_id=order_id(1), rating=rating, text=text, at=NOON
        )
    elif luck.random() < 0.5:
        event = ReviewEdited(review_id=review, product_id=about, rating=rating, text=text, at=NOON)
    else:
        said.discard(review)
        event = ReviewDeleted(review_id=review, product_id=about, by=Actor.of(buyer), at=NOON)
    return journal.record(review, event, key=about)


def _wish(journal: Journal, luck: Random, wished: set[tuple[AccountId, UUID]]) -> list[Record]:
    buyer, about = luck.choice(BUYERS), luck.choice(PRODUCTS)
    known = (buyer, about) in wished
    (wished.discard if known else wished.add)((buyer, about))
    kind = WishRemoved if known else WishAdded
    return journal.record(wishlist_of(buyer), kind(product_id=about, at=NOON), key=buyer)
