"""Orders of the demo: placed, paid, sent, cancelled, refunded and reviewed, each by whoever may."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import assert_never
from uuid import UUID, uuid5

import msgspec

from application.deliveries import reported
from application.ordering.cancelling import CancelOrder
from application.ordering.checkout import Checkout, Item
from application.ordering.fulfilment import AdvanceOrder
from application.payments import AttemptKept, RequestRefund, RetryPayment, StartPayment
from application.ports.commands import Command
from application.ports.gateway import GatewayUnavailable, Handover
from application.reviews import ReviewProduct
from application.shopping import AddToCart
from domain.payments.attempt import attempt_key
from domain.payments.events import Method
from domain.shared.actor import Actor
from domain.shared.identifiers import OrderId, PaymentId, RefundId, derived, payment_of
from infrastructure.demo.acts import Act, Advance, Cancel, Pay, Refund, Retry, Story, Write, moments, stories
from infrastructure.demo.desk import Desk
from infrastructure.demo.people import HOMES, account_named
from infrastructure.demo.shop import price_of, product_of
from infrastructure.demo.step import Step

PAYMENT_DESK = Actor.system("payments")
"""Who records at once what the provider says."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An order of the demo, by its story."""

    story: Story

    @property
    def order_id(self) -> OrderId:
        return OrderId(derived("demo-order", self.story.name))

    @property
    def payment_id(self) -> PaymentId:
        return payment_of(self.order_id)

    @property
    def buyer(self) -> Actor:
        return Actor.of(account_named(self.story.buyer))


def trade() -> Iterator[Step]:
    """Of all stories, one after another."""
    for story in stories():
        yield from _steps(story)


def _steps(story: Story) -> Iterator[Step]:
    placing, *rest = moments(story)
    placed, subject = Placed(story), f"order {story.name}"
    yield Step(subject=subject, ago=placing, do=partial(_place, subject=subject, placed=placed), story=subject)
    attempts = 0
    for number, (act, ago) in enumerate(zip(story.then, rest, strict=True), 1):
        attempts += isinstance(act, Pay | Retry)
        yield _step(placed, act, ago, subject=f"{subject}, act {number}", attempt=attempts)


def _step(placed: Placed, act: Act, ago: timedelta, *, subject: str, attempt: int) -> Step:
    story = f"order {placed.story.name}"
    if isinstance(act, Pay | Retry):
        do = partial(_pay, subject=subject, placed=placed, act=act)
        return Step(subject=subject, ago=ago, do=do, story=story, last=_outcome_of(placed, act, attempt))
    return Step(subject=subject, ago=ago, do=partial(_act, subject=subject, placed=placed, act=act), story=story)


def _outcome_of(placed: Placed, act: Pay | Retry, attempt: int) -> UUID | None:
    """Of the command that records what came of it, where that comes at once."""
    if act.method is Method.COD or (isinstance(act, Pay) and (act.reference or "").startswith("txn_timeout")):
        return None
    return uuid5(attempt_key(placed.payment_id, attempt), "outcome")


async def _place(desk: Desk, *, subject: str, placed: Placed) -> None:
    story, items = placed.story, placed.story.items
    if not story.named:
        for sku, quantity in items.items():
            command = AddToCart(product_id=product_of(sku), quantity=quantity)
            await desk.submit(f"{subject}, cart {sku}", command, by=placed.buyer)
    named = tuple(Item(product_id=product_of(sku), quantity=quantity) for sku, quantity in items.items())
    home = msgspec.json.encode(HOMES[story.buyer][0]).decode()
    checkout = Checkout(
        order_id=placed.order_id,
        items=named if story.named else None,
        coupon_code=story.coupon,
        shipping_address=await desk.sealed(account_named(story.buyer), home, subject=subject),
    )
    await desk.submit(subject, checkout, by=placed.buyer)


async def _pay(desk: Desk, *, subject: str, placed: Placed, act: Pay | Retry) -> None:
    """As over HTTP: the intent, the provider, what it said. Where its answer is lost, it is asked later."""
    kept = await desk.submit(subject, _intent(placed, act), by=placed.buyer)
    attempt = msgspec.json.decode(kept.result or b"", type=AttemptKept)
    if attempt.key is None:
        return
    try:
        charge = await desk.gateway.charge(key=attempt.key, amount=attempt.amount, reference=attempt.reference)
    except GatewayUnavailable:
        return
    if isinstance(charge, Handover):
        return
    record = reported(attempt.payment_id, charge)
    await desk.submit_as(uuid5(charge.key, "outcome"), subject, record, by=PAYMENT_DESK)


def _intent(placed: Placed, act: Pay | Retry) -> Command:
    if isinstance(act, Retry):
        return RetryPayment(payment_id=placed.payment_id, method=act.method)
    return StartPayment(order_id=placed.order_id, method=act.method, reference=act.reference)


async def _act(desk: Desk, *, subject: str, placed: Placed, act: Advance | Cancel | Refund | Write) -> None:
    by = placed.buyer if isinstance(act, Write) else Actor.of(account_named(act.by))
    await desk.submit(subject, _command(desk, placed, act), by=by)


def _command(desk: Desk, placed: Placed, act: Advance | Cancel | Refund | Write) -> Command:
    match act:
        case Advance():
            return AdvanceOrder(order_id=placed.order_id, status=act.to)
        case Cancel():
            return CancelOrder(order_id=placed.order_id, reason=act.reason)
        case Refund():
            return RequestRefund(
                payment_id=placed.payment_id,
                refund_id=RefundId(derived("demo-refund", placed.story.name)),
                amount=None if act.amount is None else price_of(Decimal(act.amount), currency=desk.currency),
                reason=act.reason,
            )
        case Write():
            return ReviewProduct(
                product_id=product_of(act.sku), order_id=placed.order_id, rating=act.rating, text=act.text
            )
        case _:
            assert_never(act)
