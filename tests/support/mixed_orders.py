"""What becomes of orders in a mixed log: paid in every way, declined, cancelled, expired, refunded, forgotten."""

from collections.abc import Callable

import msgspec

from application.ordering.checkout import Checkout, Item, OrderKept
from application.payments import RequestRefund
from application.ports.gateway import ChargeStatus
from domain.payments.events import Method
from domain.shared.actor import Actor
from domain.shared.identifiers import OrderId, RefundId, derived
from domain.shared.money import Money
from tests.support.mixed_deal import Deal, paid
from tests.support.mixed_fulfilment import FULFILMENTS
from tests.support.mixed_goods import filling_cart
from tests.support.mixed_world import Step, Story, World


def purchase(world: World) -> Story:
    """Of a cart or of what is named; what there is to pay for goes one of many ways."""
    buyer, order_id = world.luck.choice(world.buyers), OrderId(world.number())
    items, sellers = None, list(world.sellers)
    if world.chance(0.7):
        yield from filling_cart(world, buyer)
    else:
        chosen = world.luck.sample(world.products, world.luck.randint(1, 4))
        items = tuple(Item(product_id=product, quantity=world.luck.randint(1, 3)) for product, _ in chosen)
        sellers = sorted({seller for _, seller in chosen})
    coupon = world.luck.choice(world.coupons) if world.coupons and world.chance(0.5) else None
    command = Checkout(order_id=order_id, items=items, shipping_address=world.sealed(buyer), coupon_code=coupon)
    outcome = yield Step(Actor.of(buyer), command)
    if outcome.result is None:
        return
    kept = msgspec.json.decode(outcome.result, type=OrderKept)
    if kept.payment_options:
        (ending,) = world.luck.choices(list(ENDINGS), list(ENDINGS.values()))
        yield from ending(Deal(world, buyer, kept, sellers))


def paid_at_the_second_try(deal: Deal) -> Story:
    yield deal.begins_to_pay(Method.CARD)
    yield deal.hears(ChargeStatus.DECLINED)
    yield deal.tries_again()
    yield deal.hears(ChargeStatus.SUCCEEDED, key=deal.key(2))


def paid_at_the_door(deal: Deal) -> Story:
    yield deal.begins_to_pay(Method.COD)


def paid_twice(deal: Deal) -> Story:
    yield from paid(deal)
    stray = deal.world.number()
    yield deal.hears(ChargeStatus.SUCCEEDED, key=stray)
    yield deal.refunded(derived("refund-of-surplus", deal.kept.payment_id, stray), deal.kept.payable)


def cancelled(deal: Deal) -> Story:
    yield deal.thinks_better()


def cancelled_after_payment(deal: Deal) -> Story:
    yield from paid(deal)
    yield deal.thinks_better()
    yield deal.refunded(derived("refund-of-cancelled", deal.kept.payment_id), deal.kept.payable)


def cancelled_while_paying(deal: Deal) -> Story:
    """The provider is asked to void the attempt, and may have been faster."""
    yield deal.begins_to_pay()
    yield deal.thinks_better()
    yield deal.hears(deal.world.luck.choice([ChargeStatus.VOIDED, ChargeStatus.SUCCEEDED]))


def refunded_in_part(deal: Deal) -> Story:
    yield from paid(deal)
    refund, part = RefundId(deal.world.number()), Money(deal.kept.payable.minor // 3 + 1, deal.kept.payable.currency)
    admin = Actor.of(deal.world.admins[0])
    reason = deal.world.word()
    command = RequestRefund(payment_id=deal.kept.payment_id, refund_id=refund, amount=part, reason=reason)
    yield Step(admin, command)
    yield deal.refunded(refund, part)


def expired(deal: Deal) -> Story:
    yield deal.time_is_up()


def expired_while_paying(deal: Deal) -> Story:
    """It cannot expire before the open attempt is void."""
    yield deal.begins_to_pay()
    yield deal.time_is_up()
    yield deal.hears(ChargeStatus.VOIDED)
    yield deal.time_is_up()


def forgotten(deal: Deal) -> Story:
    """Nobody pays, and nobody has noticed yet."""
    yield from ()


ENDINGS: dict[Callable[[Deal], Story], int] = {
    paid: 6,
    paid_at_the_second_try: 2,
    paid_at_the_door: 2,
    paid_twice: 1,
    cancelled: 1,
    cancelled_after_payment: 2,
    cancelled_while_paying: 2,
    refunded_in_part: 2,
    expired: 2,
    expired_while_paying: 1,
    forgotten: 1,
    **FULFILMENTS,
}
