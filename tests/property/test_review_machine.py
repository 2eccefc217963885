"""Random histories of one buyer's review of one product."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.catalogue.events import ReviewDeleted, ReviewEdited, ReviewEvent, ReviewGiven
from domain.catalogue.review import REVIEWS, RatingOutOfRange, Review, ReviewTakenDown, Showing
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, OrderId, ProductId, review_of
from domain.shared.refusal import NotFound, Refusal
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

PRODUCT, BUYER, ADMIN = ProductId(UUID(int=1)), AccountId(UUID(int=2)), AccountId(UUID(int=3))
REVIEW = review_of(PRODUCT, BUYER)
ORDERS = st.sampled_from([OrderId(UUID(int=4)), OrderId(UUID(int=5))])
RATINGS = st.sampled_from([-1, 0, 1, 3, 5, 6])
TEXTS = st.sampled_from(["", "Good.", "Bad."])


class ReviewMachine(AggregateMachine[Review, ReviewEvent]):
    category = REVIEWS
    stream = REVIEW

    @initialize(order=ORDERS)
    def give(self, order: OrderId) -> None:
        self.says: tuple[int, str] | None = (3, "")
        self.taken_down = False
        self.begin(Review.give(product_id=PRODUCT, buyer_id=BUYER, order_id=order, rating=3, text="", at=NOON))

    @rule(rating=RATINGS, text=TEXTS)
    def edit(self, rating: int, text: str) -> None:
        refused: type[Refusal] | None = None
        if self.says is None:
            refused = NotFound
        elif not 1 <= rating <= 5:
            refused = RatingOutOfRange
        edited = ReviewEdited(review_id=REVIEW, product_id=PRODUCT, rating=rating, text=text, at=NOON)
        then = () if (rating, text) == self.says else (edited,)
        self.decide(lambda review: review.edit(rating=rating, text=text, at=NOON), refused=refused, then=then)
        if refused is None:
            self.says = (rating, text)

    @rule(order=ORDERS, rating=RATINGS, text=TEXTS)
    def give_again(self, order: OrderId, rating: int, text: str) -> None:
        if self.says is not None:
            return
        refused: type[Refusal] | None = None
        if self.taken_down:
            refused = ReviewTakenDown
        elif not 1 <= rating <= 5:
            refused = RatingOutOfRange
        given = ReviewGiven(
            review_id=REVIEW, product_id=PRODUCT, buyer_id=BUYER, order_id=order, rating=rating, text=text, at=NOON
        )

        def again(review: Review) -> tuple[ReviewEvent, ...]:
            review.require_open()
            return Review.give(product_id=PRODUCT, buyer_id=BUYER, order_id=order, rating=rating, text=text, at=NOON)

        self.decide(again, refused=refused, then=(given,))
        if refused is None:
            self.says = (rating, text)

    @rule(account=st.sampled_from([BUYER, BUYER, ADMIN]))
    def delete(self, account: AccountId) -> None:
        by = Actor.of(account)
        then = (ReviewDeleted(review_id=REVIEW, product_id=PRODUCT, by=by, at=NOON),)
        refused = NotFound if self.says is None else None
        self.decide(lambda review: review.delete(by=by, at=NOON), refused=refused, then=then)
        if refused is None:
            self.says, self.taken_down = None, account == ADMIN

    @invariant()
    def it_says_what_was_said_last(self) -> None:
        review = self.state
        assert review.shown == (self.says is not None)
        assert (review.showing is Showing.TAKEN_DOWN) == self.taken_down
        if self.says is not None:
            assert (review.rating, review.text) == self.says


TestReviewMachine = ReviewMachine.TestCase
