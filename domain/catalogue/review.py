"""What one buyer makes of one product."""

from datetime import datetime
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.accounts.events import Role
from domain.catalogue.events import ReviewDeleted, ReviewEdited, ReviewEvent, ReviewGiven
from domain.shared.actor import Actor
from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, OrderId, ProductId, ReviewId, review_of
from domain.shared.refusal import NotFound, Refusal

BEST = 5


class RatingOutOfRange(Refusal):
    """A rating is 1 to 5 stars."""

    code = "rating-out-of-range"


class NotDelivered(Refusal):
    """Only who was delivered a product may review it."""

    code = "not-delivered"


class ReviewTakenDown(Refusal):
    """An admin took the review down; it cannot be written again."""

    code = "review-taken-down"


class Showing(StrEnum):
    SHOWN = "shown"
    WITHDRAWN = "withdrawn"
    """By its author, who may write it again."""
    TAKEN_DOWN = "taken-down"
    """By an admin, for good."""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One buyer's review of one product; there is never a second."""

    id: ReviewId
    product_id: ProductId
    buyer_id: AccountId
    rating: int
    """Stars."""
    text: str
    showing: Showing = Showing.SHOWN
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def give(
        *, product_id: ProductId, buyer_id: AccountId, order_id: OrderId, rating: int, text: str, at: datetime
    ) -> tuple[ReviewEvent, ...]:
        """Raises RatingOutOfRange."""
        _require_rating(rating)
        given = ReviewGiven(
            review_id=review_of(product_id, buyer_id),
            product_id=product_id,
            buyer_id=buyer_id,
            order_id=order_id,
            rating=rating,
            text=text,
            at=at,
        )
        return (given,)

    @property
    def shown(self) -> bool:
        return self.showing is Showing.SHOWN

    def edit(self, *, rating: int, text: str, at: datetime) -> tuple[ReviewEvent, ...]:
        """From now on it says this; no event where it is the same. Raises RatingOutOfRange and NotFound."""
        self._require_shown()
        _require_rating(rating)
        if (rating, text) == (self.rating, self.text):
            return ()
        return (ReviewEdited(review_id=self.id, product_id=self.product_id, rating=rating, text=text, at=at),)

    def require_open(self) -> None:
        """That it may be given again, once it was deleted. Raises ReviewTakenDown."""
        if self.showing is Showing.TAKEN_DOWN:
            raise ReviewTakenDown("The review was taken down and cannot be written again.")

    def deletable_by(self, account: AccountId, role: Role) -> bool:
        """Its author, and any admin."""
        return role is Role.ADMIN or account == self.buyer_id

    def delete(self, *, by: Actor, at: datetime) -> tuple[ReviewEvent, ...]:
        """Raises NotFound where it is deleted already."""
        self._require_shown()
        return (ReviewDeleted(review_id=self.id, product_id=self.product_id, by=by, at=at),)

    def _require_shown(self) -> None:
        if not self.shown:
            raise NotFound("There is no such review.")


def _require_rating(rating: int) -> None:
    if not 1 <= rating <= BEST:
        raise RatingOutOfRange(f"A rating is 1 to {BEST} stars.")


def evolve(review: Review | None, event: ReviewEvent) -> Review:
    """The review after the event."""
    match event:
        case ReviewGiven(at=at):
            return Review(
                id=event.review_id,
                product_id=event.product_id,
                buyer_id=event.buyer_id,
                rating=event.rating,
                text=event.text,
                created_at=at,
                updated_at=at,
            )
        case _ if review is None:
            raise ValueError(f"{event.topic} came first")
        case ReviewEdited(rating=rating, text=text, at=at):
            return replace(review, rating=rating, text=text, updated_at=at)
        case ReviewDeleted(by=by, at=at):
            showing = Showing.WITHDRAWN if by.account == review.buyer_id else Showing.TAKEN_DOWN
            return replace(review, text="", showing=showing, updated_at=at)
        case _:
            assert_never(event)


REVIEWS: Category[Review, ReviewEvent] = Category(
    name="review",
    family=Family.CATALOGUE,
    events=(ReviewGiven, ReviewEdited, ReviewDeleted),
    state=Review,
    evolve=evolve,
    key=lambda review: review.product_id,
)
