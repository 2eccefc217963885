"""Purchases as they come in a shop: into the cart, check out, pay at the door."""

import asyncio
from collections.abc import Iterable, Sequence
from uuid import uuid4

from application.ordering.checkout import Checkout
from application.payments import StartPayment
from application.ports.commands import CommandBus, Envelope, Outcome
from application.shopping import AddToCart
from domain.payments.events import Method
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, OrderId, ProductId
from tests.support.crowd import envelope

Purchase = Sequence[Envelope]
"""Commands, each of which needs those before it."""
OF_ORDERS = 4
"""Of the eight events that a purchase records, those that travel with the order."""


def purchase(buyer: AccountId, product: ProductId) -> Purchase:
    order, actor = OrderId(uuid4()), Actor.of(buyer)
    commands = (
        AddToCart(product_id=product, quantity=1),
        Checkout(order_id=order),
        StartPayment(order_id=order, method=Method.COD),
    )
    return [envelope(command, actor) for command in commands]


async def carried_out(bus: CommandBus, command: Envelope) -> Outcome:
    """Raises RuntimeError for a refusal."""
    outcome = await bus.submit(command)
    if outcome.refusal is not None:
        raise RuntimeError(f"{command.command.name}: {outcome.refusal.detail}")
    return outcome


async def carry_out(bus: CommandBus, purchases: Iterable[Purchase], *, in_flight: int) -> None:
    """As fast as they go, so many at once."""
    waiting = iter(purchases)

    async def work() -> None:
        for each in waiting:
            for command in each:
                await carried_out(bus, command)

    await asyncio.gather(*(work() for _ in range(in_flight)))
