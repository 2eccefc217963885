"""What becomes of orders in a mixed log: paid in every way, declined, cancelled, expired, refunded, forgotten."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from application.ordering.cancelling import CancelOrder, ExpireOrder
from application.ordering.checkout import Checkout, Item, OrderKept
from application.payments import RecordCharge, RecordRefund, RequestRefund, RetryPayment, StartPayment
from application.ports.gateway import ChargeStatus
from domain.payments.attempt import attempt_key
from domain.payments.events import Method
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, OrderId, RefundId, derived
from domain.shared.money import Money
from tests.support.mixed_goods import filling_cart
from tests.support.mixed_world import SHOP, Step, Story, World


def purchase(world: World) -> Story:
    """Of a cart or of what is named; what there is to pay for goes one of many ways."""
    buyer, order_id = world.luck.choice(world.buyers), OrderId(world.number())
    items = None
    if world.chance(0.7):
        yield from filling_cart(world, buyer)
    else:
        chosen = world.luck.sample(world.products, world.luck.randint(1, 4))
        items = tuple(Item(product_id=product, quantity=world.luck.randint(1, 3)) for product, _ in chosen)
    command = Checkout(order_id=order_id, items=items, shipping_address=world.sealed(buyer))
    outcome = yield Step(Actor.of(buyer), command)
    if outcome.result is None:
        return
    kept = msgspec.json.decode(outcome.result, type=OrderKept)
    if kept.payment_options:
        (ending,) = world.luck.choices(list(ENDINGS), list(ENDINGS.values()))
        yield from ending(Deal(world, buyer, kept))


@dataclass(frozen=True)
class Deal:
    """An order that something is to be paid for, and the steps that may follow."""

    world: World
    buyer: AccountId
    kept: OrderKept

    def key(self, attempt: int) -> UUID:
        return attempt_key(self.kept.payment_id, attempt)

    def by_buyer(self, command: CancelOrder | StartPayment | RetryPayment) -> Step:
        return Step(Actor.of(self.buyer), command)

    def begins_to_pay(self, method: Method = Method.UPI) -> Step:
        reference = f"txn_{self.world.luck.randrange(10**6)}" if self.world.chance(0.5) else None
        return self.by_buyer(StartPayment(order_id=self.kept.order_id, method=method, reference=reference))

    def tries_again(self) -> Step:
        return self.by_buyer(RetryPayment(payment_id=self.kept.payment_id))

    def thinks_better(self) -> Step:
        return self.by_buyer(CancelOrder(order_id=self.kept.order_id, reason=self.world.word()))

    def time_is_up(self) -> Step:
        return Step(SHOP, ExpireOrder(order_id=self.kept.order_id))

    def hears(self, status: ChargeStatus, *, key: UUID | None = None) -> Step:
        """What the provider says, of the first attempt where no other is named."""
        command = RecordCharge(
            payment_id=self.kept.payment_id,
            key=key or self.key(1),
            status=status,
            amount=self.kept.payable,
            transaction_id=f"sim_{self.world.luck.randrange(10**9)}",
            reason="The bank declined." if status is ChargeStatus.DECLINED else None,
        )
        return Step(SHOP, command)

    def refunded(self, refund: UUID, amount: Money) -> Step:
        command = RecordRefund(
            payment_id=self.kept.payment_id, refund_id=RefundId(refund), amount=amount, transaction_id="sim_back"
        )
        return Step(SHOP, command)


def paid(deal: Deal) -> Story:
    yield deal.begins_to_pay()
    yield deal.hears(ChargeStatus.SUCCEEDED)


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
}
