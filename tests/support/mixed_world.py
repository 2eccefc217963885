"""Who and what there is while a mixed log is written, and the chance that decides everything."""

from collections.abc import Generator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple
from uuid import UUID

from application.accounts.registration import RegisterAccount
from application.ports.commands import Command, Outcome
from domain.accounts.events import Role
from domain.promotions.coupon_code import CouponCode
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, CategoryId, ClaimId, ProductId
from domain.shared.sealed import Sealed
from tests.support.loops import FixedClock

SHOP = Actor.system("mixed-log")
CURRENCY = "INR"
WORDS = ("Rose", "Shampoo", "Café", "Kissen", "茶", "Lamp", "'quoted'", "\\back", "50 %", "🛒")


class Step(NamedTuple):
    """Somebody asks for something."""

    actor: Actor
    command: Command


Story = Generator[Step, Outcome, None]
"""One thread of what happens: it is told what became of each step before it takes the next."""


@dataclass
class World:
    """Everything in it follows from the seed of `luck`."""

    luck: Random
    clock: FixedClock
    buyers: list[AccountId] = field(default_factory=list)
    sellers: list[AccountId] = field(default_factory=list)
    admins: list[AccountId] = field(default_factory=list)
    products: list[tuple[ProductId, AccountId]] = field(default_factory=list)
    """Each with its seller."""
    coupons: list[CouponCode] = field(default_factory=list)
    categories: list[CategoryId] = field(default_factory=list)

    def number(self) -> UUID:
        """An identifier of something new."""
        return UUID(int=self.luck.getrandbits(128))

    def chance(self, share: float) -> bool:
        return self.luck.random() < share

    def word(self) -> str:
        return f"{self.luck.choice(WORDS)} {self.luck.choice(WORDS)} no. {self.luck.randrange(10_000)}"

    def sealed(self, person: UUID) -> Sealed:
        return Sealed(person=person, box=f"{self.luck.getrandbits(256):064x}")

    def registration(self, account: AccountId, role: Role, *, claim: ClaimId | None = None) -> Step:
        command = RegisterAccount(
            account_id=account,
            email=self.sealed(account),
            email_claim=claim or ClaimId(self.number()),
            full_name=self.sealed(account),
            role=role,
            password_hash="none",
            person_key="none",
        )
        return Step(SHOP, command)
