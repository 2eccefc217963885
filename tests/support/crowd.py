"""Many people at once, without the time it takes to hash their passwords."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from application.accounts.registration import RegisterAccount
from application.catalogue import ListProduct
from application.ports.commands import Command, CommandBus, Envelope
from domain.accounts.events import Role
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ClaimId, ProductId, SessionId
from domain.shared.money import Money
from domain.shared.sealed import Sealed
from infrastructure.bootstrap.writing import command_loop
from infrastructure.clock import SystemClock
from infrastructure.security.tokens import JwtTokens
from infrastructure.settings import load
from tests.support.system import System

FINGERPRINT = b"x" * 32
SYSTEM = Actor.system("crowd")


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
    """Each in turn, so many at once. Raises RuntimeError for a refusal."""
    waiting = iter(envelopes)

    async def work() -> None:
        for each in waiting:
            outcome = await bus.submit(each)
            if outcome.refusal is not None:
                raise RuntimeError(f"{each.command.name}: {outcome.refusal.detail}")

    await asyncio.gather(*(work() for _ in range(in_flight)))


async def gather_crowd(
    bus: CommandBus, *, buyers: int, products: int, stock: int = 10**9, currency: str = "INR"
) -> Crowd:
    """Registered and listed through commands. Their personal data cannot be opened: nobody asks for it."""
    seller = AccountId(uuid4())
    crowd = Crowd([AccountId(uuid4()) for _ in range(buyers)], [ProductId(uuid4()) for _ in range(products)])
    await submit_all(bus, [registration(seller, Role.SELLER)], in_flight=1)
    await submit_all(bus, [registration(buyer, Role.BUYER) for buyer in crowd.buyers], in_flight=64)
    price = Money(87_500, currency)
    listings = [ListProduct(product_id=each, title="A product", price=price, quantity=stock) for each in crowd.products]
    await submit_all(bus, [envelope(listing, Actor.of(seller)) for listing in listings], in_flight=64)
    return crowd


def registration(account: AccountId, role: Role) -> Envelope:
    """Of somebody whose personal data nobody can open."""
    sealed = Sealed(person=account, box="x" * 64)
    command = RegisterAccount(
        account_id=account,
        email=sealed,
        email_claim=ClaimId(uuid4()),
        full_name=sealed,
        role=role,
        password_hash="none",
        person_key="none",
    )
    return envelope(command, SYSTEM)


@asynccontextmanager
async def direct_bus(system: System) -> AsyncIterator[CommandBus]:
    """A command loop of our own on a running shop's database."""
    settings = load(system.environment, directory=system.home).settings
    async with command_loop(settings, system.database, clock=SystemClock(), process="tests") as bus:
        yield bus


def minted(system: System, accounts: Sequence[AccountId], *, at: datetime | None = None) -> list[str]:
    """Access tokens as the shop itself issues them."""
    settings = load(system.environment, directory=system.home).settings
    tokens = JwtTokens(secret=settings.jwt_secret.encode(), master_key=settings.pii_master_key, clock=SystemClock())
    now = at or datetime.now(UTC)
    return [tokens.issue_access(account=account, session=SessionId(uuid4()), at=now) for account in accounts]
