"""What a buyer says of a product: once, with one to five stars, and until it is deleted."""

from datetime import timedelta

import pytest

from domain.accounts.events import Role
from domain.catalogue.events import ReviewDeleted, ReviewEdited, ReviewEvent
from domain.catalogue.review import REVIEWS, RatingOutOfRange, Review, ReviewTakenDown
from domain.shared.actor import Actor
from domain.shared.identifiers import review_of
from domain.shared.refusal import NotFound
from tests.support.accounts import ADMIN, BUYER, SELLER, STRANGER
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.given import after, given
from tests.support.reviews import REVIEW, a_review, a_review_deleted_by, a_review_taken_down, given_review
from tests.support.shopping import ORDER
from tests.support.times import NOON

LATER = NOON + timedelta(hours=1)


def test_each_buyer_has_one_review_of_each_product() -> None:
    assert len({review_of(product, buyer) for product in (SHAMPOO, SOAP) for buyer in (BUYER, STRANGER)}) == 4
    assert review_of(SHAMPOO, BUYER) == review_of(SHAMPOO, BUYER)


@pytest.mark.parametrize("rating", [1, 5])
def test_one_to_five_stars_are_given(rating: int) -> None:
    events = Review.give(product_id=SHAMPOO, buyer_id=BUYER, order_id=ORDER, rating=rating, text="So.", at=NOON)
    assert events == (given_review(rating, "So."),)


@pytest.mark.parametrize("rating", [-1, 0, 6, 10**30])
def test_other_numbers_are_no_rating(rating: int) -> None:
    with pytest.raises(RatingOutOfRange):
        Review.give(product_id=SHAMPOO, buyer_id=BUYER, order_id=ORDER, rating=rating, text="", at=NOON)
    given(a_review()).when(lambda review: review.edit(rating=rating, text="", at=NOON)).refused(RatingOutOfRange)


def test_an_edit_replaces_it_all() -> None:
    edited = ReviewEdited(review_id=REVIEW, product_id=SHAMPOO, rating=1, text="Leaks.", at=LATER)
    given(a_review()).when(lambda review: review.edit(rating=1, text="Leaks.", at=LATER)).then(edited)
    review = after(REVIEWS, (edited,), a_review())
    assert (review.rating, review.text, review.created_at, review.updated_at) == (1, "Leaks.", NOON, LATER)


def test_saying_the_same_again_changes_nothing() -> None:
    given(a_review()).when(lambda review: review.edit(rating=4, text="Smells of roses.", at=LATER)).then()


@pytest.mark.parametrize(
    ("account", "role", "may"),
    [(BUYER, Role.BUYER, True), (STRANGER, Role.BUYER, False), (SELLER, Role.SELLER, False), (ADMIN, Role.ADMIN, True)],
)
def test_its_author_and_admins_may_delete_it(account: object, role: Role, may: bool) -> None:
    assert a_review().deletable_by(account, role) is may  # type: ignore[arg-type]


def test_what_is_deleted_is_gone() -> None:
    deleted = ReviewDeleted(review_id=REVIEW, product_id=SHAMPOO, by=Actor.of(BUYER), at=LATER)
    given(a_review()).when(lambda review: review.delete(by=Actor.of(BUYER), at=LATER)).then(deleted)
    for gone in (a_review_deleted_by(BUYER), a_review_taken_down()):
        assert not gone.shown
        given(gone).when(lambda review: review.delete(by=Actor.of(BUYER), at=LATER)).refused(NotFound)
        given(gone).when(lambda review: review.edit(rating=1, text="", at=LATER)).refused(NotFound)


def test_who_deleted_ones_own_may_write_it_again() -> None:
    given(a_review_deleted_by(BUYER)).when(opened).then()
    assert after(REVIEWS, (given_review(2, "On second thoughts."),), a_review_deleted_by(BUYER)).shown


def test_what_an_admin_took_down_stays_down() -> None:
    given(a_review_taken_down()).when(opened).refused(ReviewTakenDown)


def opened(review: Review) -> tuple[ReviewEvent, ...]:
    """What is given again follows."""
    review.require_open()
    return ()
