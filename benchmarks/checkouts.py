"""Buyers, products and carts for measuring the command loop, all made through its commands."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from application.accounts import RegisterAccount
from application.catalogue import ListProduct
from application.ordering import Checkout
from application.ports.commands import Command, CommandBus, Envelope
from application.shopping import AddToCart
from benchmarks.loops import CURRENCY
from domain.accounts.events import Role
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ClaimId, OrderId, ProductId
from domain.shared.money import Money
from domain.shared.sealed import Sealed

PLENTY = 10**9
FINGERPRINT = b"x" * 32
SYSTEM = Actor.system("benchmark")


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who buys, and what there is to buy."""

    buyers: Sequence[AccountId]
    products: Sequence[ProductId]


def envelope(command: Command, actor: Actor) -> Envelope:
    """As the API sends it for a request with an Idempotency-Key."""
    return Envelope(
        id=uuid4(),
        command=command,
        actor=actor,
        correlation_id=uuid4(),
        fingerprint=FINGERPRINT,
        keeps_refusal=True,
    )


async def submit_all(bus: CommandBus, envelopes: Iterable[Envelope], *, in_flight: int) -> None:
    """Each in turn, so many at once. Raises RuntimeError for a refusal: a benchmark counts what was done."""
    waiting = iter(envelopes)

    async def work() -> None:
        for each in waiting:
            outcome = await bus.submit(each)
            if outcome.refusal is not None:
                raise RuntimeError(f"{each.command.name}: {outcome.refusal.detail}")

    await asyncio.gather(*(work() for _ in range(in_flight)))


async def gather_crowd(bus: CommandBus, *, buyers: int, products: int) -> Crowd:
    seller = AccountId(uuid4())
    crowd = Crowd([AccountId(uuid4()) for _ in range(buyers)], [ProductId(uuid4()) for _ in range(products)])
    await submit_all(bus, [_registration(seller, Role.SELLER)], in_flight=1)
    await submit_all(bus, [_registration(buyer, Role.BUYER) for buyer in crowd.buyers], in_flight=64)
    listings = [_listing(product, seller) for product in crowd.products]
    await submit_all(bus, listings, in_flight=64)
    return crowd


def _registration(account: AccountId, role: Role) -> Envelope:
    sealed = Sealed(person=account, box="x" * 64)
    command = RegisterAccount(
        account_id=account,
        email=sealed,
        email_claim=ClaimId(uuid4()),
        full_name=sealed,
        role=role,
        password_hash="none",  # noqa: S106 - nobody logs in with it
        person_key="none",
    )
    return envelope(command, SYSTEM)


def _listing(product: ProductId, seller: AccountId) -> Envelope:
    command = ListProduct(product_id=product, title="A product", price=Money(87_500, CURRENCY), quantity=PLENTY)
    return envelope(command, Actor.of(seller))


async def fill_carts(bus: CommandBus, buyers: Sequence[AccountId], products: Sequence[ProductId]) -> None:
    """One line in every cart, of a product drawn from those given."""
    drawn = random.Random(len(buyers))
    commands = [(AddToCart(product_id=drawn.choice(products), quantity=1), buyer) for buyer in buyers]
    await submit_all(bus, [envelope(command, Actor.of(buyer)) for command, buyer in commands], in_flight=64)


def checkouts(buyers: Iterable[AccountId | UUID]) -> list[Envelope]:
    """One for each buyer's cart."""
    return [envelope(Checkout(order_id=OrderId(uuid4())), Actor.of(AccountId(buyer))) for buyer in buyers]
