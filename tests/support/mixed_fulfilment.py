"""What becomes of orders in a mixed log once they are under way: shipped, delivered, given up by a seller."""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from application.ordering.hiding import DeleteOrder, RestoreOrder
from application.payments import AttemptKept, RequestRefund
from application.ports.gateway import ChargeStatus
from domain.ordering.progress import Status
from domain.payments.events import Method
from domain.shared.actor import Actor
from domain.shared.identifiers import RefundId
from domain.shared.money import Money
from tests.support.mixed_deal import Deal, paid
from tests.support.mixed_reviews import reviewing
from tests.support.mixed_world import Step, Story


def shipped(deal: Deal) -> Story:
    yield from paid(deal)
    yield deal.moves(Status.SHIPPED)


def delivered(deal: Deal) -> Story:
    yield from shipped(deal)
    outcome = yield deal.moves(Status.DELIVERED)
    yield from reviewing(deal, outcome)


def delivered_and_paid_at_the_door(deal: Deal) -> Story:
    """Some of the cash is handed back."""
    yield deal.begins_to_pay(Method.COD)
    for status in (Status.PROCESSING, Status.SHIPPED, Status.DELIVERED):
        yield deal.moves(status)
    part = Money(deal.kept.payable.minor // 2 + 1, deal.kept.payable.currency)
    back = RequestRefund(
        payment_id=deal.kept.payment_id,
        refund_id=RefundId(deal.world.number()),
        amount=part,
        reason=deal.world.word(),
    )
    yield Step(Actor.of(deal.world.admins[0]), back)


def let_down_before_payment(deal: Deal) -> Story:
    """What is left is paid, and delivered where there is something left."""
    yield deal.is_let_down()
    outcome = yield deal.begins_to_pay()
    if outcome.result is not None:
        asked = msgspec.json.decode(outcome.result, type=AttemptKept).amount
        yield deal.hears(ChargeStatus.SUCCEEDED, amount=asked)
        yield deal.moves(Status.SHIPPED)


def let_down_after_payment(deal: Deal) -> Story:
    yield from paid(deal)
    yield deal.is_let_down()
    yield deal.moves(Status.SHIPPED)
    yield deal.thinks_better()


def deleted(deal: Deal) -> Story:
    """Restored in between. A day has to go by before, which is not done lightly to everybody else."""
    yield from paid(deal)
    if deal.world.chance(0.4):
        deal.world.clock.time += timedelta(days=1)
        yield deal.by_buyer(DeleteOrder(order_id=deal.kept.order_id))
        yield deal.by_buyer(RestoreOrder(order_id=deal.kept.order_id))
        yield deal.by_buyer(DeleteOrder(order_id=deal.kept.order_id))


FULFILMENTS: dict[Callable[[Deal], Story], int] = {
    shipped: 1,
    delivered: 3,
    delivered_and_paid_at_the_door: 2,
    let_down_before_payment: 2,
    let_down_after_payment: 2,
    deleted: 1,
}
