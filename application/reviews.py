"""Commands on reviews: by buyers of what was delivered to them, and by admins who take down."""

from datetime import datetime
from typing import ClassVar

from application.access import acting_account, require_version
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from domain.accounts.events import Role
from domain.catalogue.events import ReviewEvent
from domain.catalogue.product import PRODUCTS
from domain.catalogue.review import REVIEWS, NotDelivered, Review
from domain.ordering.delivery import was_delivered
from domain.ordering.order import ORDERS
from domain.shared.identifiers import AccountId, OrderId, ProductId, ReviewId, review_of
from domain.shared.refusal import Forbidden, NotFound


class ReviewKept(Result, frozen=True, kw_only=True):
    """The review after the command; its text is what was sent."""

    review_id: ReviewId
    version: int
    rating: int
    created: bool
    """False where there was one, and now it says this."""
    created_at: datetime
    updated_at: datetime


class ReviewGone(Result, frozen=True, kw_only=True):
    review_id: ReviewId
    version: int


class ReviewProduct(Command, frozen=True, kw_only=True):
    """Gives the buyer's review of a product, or edits it where there is one."""

    name: ClassVar[str] = "catalogue.review-product"
    product_id: ProductId
    order_id: OrderId | None
    """With which it was delivered, as far as the read models know; the order itself is asked."""
    rating: int
    text: str

    def streams(self) -> Touched:
        order = touching(ORDERS, self.order_id) if self.order_id else ()
        return (*touching(PRODUCTS, self.product_id), *order)


class DeleteReview(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "catalogue.delete-review"
    product_id: ProductId
    review_id: ReviewId
    expected_version: int | None = None

    def streams(self) -> Touched:
        return touching(REVIEWS, self.review_id)


def review_product(command: ReviewProduct, work: Work) -> ReviewKept:
    buyer = acting_account(work, Role.BUYER)
    if work.get(PRODUCTS, command.product_id).withdrawn:
        raise NotFound("There is no such product.")
    review_id = review_of(command.product_id, buyer.id)
    review = work.find(REVIEWS, review_id)
    if review is not None and review.shown:
        events = review.edit(rating=command.rating, text=command.text, at=work.now)
    else:
        events = _given(command, work, buyer.id, review)
    work.record(REVIEWS, review_id, events)
    kept = work.get(REVIEWS, review_id)
    return ReviewKept(
        review_id=review_id,
        version=work.version(review_id),
        rating=kept.rating,
        created=review is None or not review.shown,
        created_at=kept.created_at,
        updated_at=kept.updated_at,
    )


def _given(command: ReviewProduct, work: Work, buyer: AccountId, former: Review | None) -> tuple[ReviewEvent, ...]:
    """Raises NotDelivered, and ReviewTakenDown."""
    if former is not None:
        former.require_open()
    order = work.find(ORDERS, command.order_id) if command.order_id else None
    if order is None or order.placed.buyer_id != buyer or not was_delivered(order, command.product_id):
        raise NotDelivered("Only who was delivered the product may review it.")
    return Review.give(
        product_id=command.product_id,
        buyer_id=buyer,
        order_id=order.placed.order_id,
        rating=command.rating,
        text=command.text,
        at=work.now,
    )


def delete_review(command: DeleteReview, work: Work) -> ReviewGone:
    asking = acting_account(work, Role.BUYER, Role.ADMIN)
    review = work.find(REVIEWS, command.review_id)
    if review is None or review.product_id != command.product_id or not review.shown:
        raise NotFound("There is no such review.")
    if not review.deletable_by(asking.id, asking.role):
        raise Forbidden("The review is another buyer's.")
    require_version(work, review.id, command.expected_version)
    work.record(REVIEWS, review.id, review.delete(by=work.actor, at=work.now))
    return ReviewGone(review_id=review.id, version=work.version(review.id))
