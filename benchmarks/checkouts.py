"""Carts and checkouts for measuring the command loop, all made through its commands."""

import random
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

from application.ordering.checkout import Checkout
from application.ports.commands import CommandBus, Envelope
from application.shopping import AddToCart
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, OrderId, ProductId
from tests.support.crowd import envelope, submit_all


async def fill_carts(bus: CommandBus, buyers: Sequence[AccountId], products: Sequence[ProductId]) -> None:
    """One line in every cart, of a product drawn from those given."""
    drawn = random.Random(len(buyers))
    commands = [(AddToCart(product_id=drawn.choice(products), quantity=1), buyer) for buyer in buyers]
    await submit_all(bus, [envelope(command, Actor.of(buyer)) for command, buyer in commands], in_flight=64)


def checkouts(buyers: Iterable[AccountId | UUID]) -> list[Envelope]:
    """One for each buyer's cart."""
    return [envelope(Checkout(order_id=OrderId(uuid4())), Actor.of(AccountId(buyer))) for buyer in buyers]
