"""What buyers of a mixed log say of what was delivered to them."""

import msgspec

from application.ordering.results import OrderStands
from application.ports.commands import Outcome
from application.reviews import DeleteReview, ReviewProduct
from domain.ordering.progress import Status
from domain.shared.actor import Actor
from domain.shared.identifiers import ProductId, review_of
from tests.support.mixed_deal import Deal
from tests.support.mixed_world import Step, Story


def reviewing(deal: Deal, outcome: Outcome) -> Story:
    """Of the order as it stands; some think better of it, some are taken down, and some write again."""
    if outcome.result is None:
        return
    order = msgspec.json.decode(outcome.result, type=OrderStands)
    for line, status in zip(order.lines, order.line_statuses, strict=True):
        if status == Status.DELIVERED and deal.world.chance(0.7):
            yield from _review(deal, line.product_id)


def _review(deal: Deal, product: ProductId) -> Story:
    world = deal.world
    for _ in range(world.luck.randint(1, 2)):
        rating, text = world.luck.randint(1, 5), world.word()
        order = deal.kept.order_id
        yield deal.by_buyer(ReviewProduct(product_id=product, order_id=order, rating=rating, text=text))
    if world.chance(0.3):
        who = world.luck.choice([deal.buyer, deal.buyer, world.admins[0]])
        command = DeleteReview(product_id=product, review_id=review_of(product, deal.buyer))
        yield Step(Actor.of(who), command)
