"""Reviews, built as they come to be."""

from domain.catalogue.events import ReviewGiven
from domain.catalogue.review import REVIEWS, Review
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, review_of
from tests.support.accounts import ADMIN, BUYER
from tests.support.catalogue import SHAMPOO
from tests.support.given import after
from tests.support.shopping import ORDER
from tests.support.times import NOON

REVIEW = review_of(SHAMPOO, BUYER)


def given_review(rating: int = 4, text: str = "Smells of roses.") -> ReviewGiven:
    return ReviewGiven(
        review_id=REVIEW, product_id=SHAMPOO, buyer_id=BUYER, order_id=ORDER, rating=rating, text=text, at=NOON
    )


def a_review() -> Review:
    return after(REVIEWS, (given_review(),))


def a_review_deleted_by(account: AccountId) -> Review:
    review = a_review()
    return after(REVIEWS, review.delete(by=Actor.of(account), at=NOON), review)


def a_review_taken_down() -> Review:
    return a_review_deleted_by(ADMIN)
