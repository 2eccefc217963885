"""Who may review what, and who may take it back."""

import pytest

from application.catalogue import WithdrawProduct, withdraw_product
from application.ordering.cancelling import CancelOrder, cancel_order
from application.ordering.fulfilment import AdvanceOrder, advance_order
from application.reviews import DeleteReview, ReviewKept, ReviewProduct, delete_review, review_product
from domain.catalogue.events import ReviewDeleted, ReviewEdited
from domain.catalogue.review import NotDelivered, RatingOutOfRange, ReviewTakenDown
from domain.ordering.progress import Status
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, OrderId, ProductId, review_of
from domain.shared.refusal import Forbidden, NotFound
from tests.support.accounts import ADMIN, BUYER, SELLER, STRANGER
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.reviews import REVIEW, given_review
from tests.support.shopping import ORDER, OTHER_ORDER
from tests.support.times import NOON


@pytest.fixture
def shop() -> Buying:
    """The buyer has ordered and paid for shampoo."""
    shop = Buying()
    shop.stocks(10)
    shop.stocks(10, product=SOAP)
    shop.checks_out(items=((SHAMPOO, 1),))
    shop.pays()
    return shop


def moved(shop: Buying, *statuses: Status) -> Buying:
    for status in statuses:
        command = AdvanceOrder(order_id=ORDER, status=status)
        shop.ask(lambda work, command=command: advance_order(command, work), by=SELLER)  # type: ignore[misc]
    return shop


@pytest.fixture
def delivered(shop: Buying) -> Buying:
    return moved(shop, Status.SHIPPED, Status.DELIVERED)


def review(
    shop: Buying,
    rating: int = 4,
    text: str = "Smells of roses.",
    *,
    product: ProductId = SHAMPOO,
    order: OrderId | None = ORDER,
    by: AccountId = BUYER,
) -> ReviewKept:
    command = ReviewProduct(product_id=product, order_id=order, rating=rating, text=text)
    return shop.ask(lambda work: review_product(command, work), by=by)


def delete(shop: Buying, *, by: AccountId, product: ProductId = SHAMPOO) -> None:
    command = DeleteReview(product_id=product, review_id=REVIEW)
    shop.ask(lambda work: delete_review(command, work), by=by)


def test_who_was_delivered_a_product_reviews_it(delivered: Buying) -> None:
    kept = review(delivered)
    assert delivered.log.events(REVIEW) == (given_review(),)
    assert (kept.review_id, kept.version, kept.created) == (review_of(SHAMPOO, BUYER), 1, True)


def test_before_it_is_delivered_there_is_nothing_to_say(shop: Buying) -> None:
    for statuses in ((), (Status.SHIPPED,)):
        moved(shop, *statuses)
        with pytest.raises(NotDelivered):
            review(shop)
    moved(shop, Status.DELIVERED)
    review(shop)


def test_what_was_cancelled_was_not_delivered(shop: Buying) -> None:
    shop.ask(lambda work: cancel_order(CancelOrder(order_id=ORDER, reason="No."), work), by=BUYER)
    with pytest.raises(NotDelivered):
        review(shop)


def test_others_orders_other_products_and_no_order_do_not_count(delivered: Buying) -> None:
    for named in ({"by": STRANGER}, {"product": SOAP}, {"order": None}, {"order": OTHER_ORDER}):
        with pytest.raises(NotDelivered):
            review(delivered, **named)
    assert delivered.log.events(REVIEW) == ()


@pytest.mark.parametrize("by", [SELLER, ADMIN])
def test_only_buyers_review(delivered: Buying, by: AccountId) -> None:
    with pytest.raises(Forbidden):
        review(delivered, by=by)


def test_a_second_review_edits_the_first(delivered: Buying) -> None:
    review(delivered)
    kept = review(delivered, 1, "Leaks.", order=None)
    assert delivered.log.events(REVIEW)[1:] == (
        ReviewEdited(review_id=REVIEW, product_id=SHAMPOO, rating=1, text="Leaks.", at=NOON),
    )
    assert (kept.version, kept.created) == (2, False)
    assert review(delivered, 1, "Leaks.") == kept


@pytest.mark.parametrize("rating", [0, 6])
def test_a_rating_is_one_to_five(delivered: Buying, rating: int) -> None:
    with pytest.raises(RatingOutOfRange):
        review(delivered, rating)
    assert delivered.log.events(REVIEW) == ()


def test_its_author_deletes_it_and_may_write_again(delivered: Buying) -> None:
    review(delivered)
    delete(delivered, by=BUYER)
    with pytest.raises(NotFound):
        delete(delivered, by=BUYER)
    assert review(delivered, 2).created
    assert delivered.log.events(REVIEW)[1] == ReviewDeleted(
        review_id=REVIEW, product_id=SHAMPOO, by=Actor.of(BUYER), at=NOON
    )


def test_an_admin_takes_it_down_for_good(delivered: Buying) -> None:
    review(delivered)
    delete(delivered, by=ADMIN)
    with pytest.raises(ReviewTakenDown):
        review(delivered)


def test_nobody_else_deletes_it(delivered: Buying) -> None:
    review(delivered)
    for by in (STRANGER, SELLER):
        with pytest.raises(Forbidden):
            delete(delivered, by=by)
    with pytest.raises(NotFound):
        delete(delivered, by=BUYER, product=SOAP)
    assert len(delivered.log.events(REVIEW)) == 1


def test_what_left_the_catalogue_is_not_reviewed(delivered: Buying) -> None:
    delivered.ask(lambda work: withdraw_product(WithdrawProduct(product_id=SHAMPOO), work), by=SELLER)
    with pytest.raises(NotFound):
        review(delivered)
