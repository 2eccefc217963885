"""Fills a shop with the demo's people, goods and coupons, through the same commands as everybody; twice is once."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from application.accounts.registration import RegisterAccount
from application.catalogue import ListProduct
from application.ports.commands import Command, CommandBus, Envelope
from application.ports.security import Emails, Names, Passwords, Vault
from application.promotions import CreateCoupon
from domain.promotions.coupon_code import coupon_code
from domain.promotions.terms import Terms
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ProductId, derived
from domain.shared.money import Money, decimals_of
from infrastructure.demo_shop import BEGIN, END, OFFERS, PEOPLE, Goods, Login, Offer, goods

ACTOR = Actor.system("seed")
RUPEES = "INR"
RUPEES_PER_OTHER_UNIT = 100


class SeedRefused(Exception):
    """The shop would not take a part of the demo; says which and why."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """How much of the demo is in the shop, and how much of that this run has put there."""

    total: int
    added: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeder:
    """What it takes to register people, list goods and offer coupons."""

    bus: CommandBus
    vault: Vault
    passwords: Passwords
    emails: Emails
    names: Names
    currency: str

    async def run(self, progress: Callable[[], None] = lambda: None) -> Seeded:
        """Raises SeedRefused. `progress` is called after each person, product and coupon."""
        commands = [await self._registration(login) for login in PEOPLE]
        commands += [self._listing(each) for each in goods()]
        commands += [self._coupon(each) for each in OFFERS]
        added = 0
        for subject, command in commands:
            added += await self._submit(subject, command)
            progress()
        return Seeded(total=len(commands), added=added)

    async def _registration(self, login: Login) -> tuple[str, Command]:
        account, email = account_of(login.email), self.emails.normalise(login.email)
        issued = self.vault.issue_key(account)
        return login.email, RegisterAccount(
            account_id=account,
            email=self.vault.seal(person=account, key=issued.key, text=email),
            email_claim=self.emails.claim_of(email),
            full_name=self.vault.seal(person=account, key=issued.key, text=login.name),
            role=login.role,
            password_hash=await self.passwords.hash(login.password),
            person_key=issued.wrapped,
            name_words=self.names.words(login.name),
        )

    def _listing(self, listed: Goods) -> tuple[str, Command]:
        return listed.sku, ListProduct(
            product_id=ProductId(derived("demo-product", listed.sku)),
            seller_id=account_of(listed.seller),
            title=listed.title,
            description=listed.description,
            sku=listed.sku,
            attributes=listed.attributes,
            price=price_of(Decimal(listed.price), currency=self.currency),
            discount=listed.percent_off * 100,
            quantity=listed.stock,
            threshold=listed.threshold,
        )

    def _coupon(self, offer: Offer) -> tuple[str, Command]:
        terms = Terms(
            percentage=offer.percent_off * 100,
            seller_id=None if offer.seller is None else account_of(offer.seller),
            valid_from=BEGIN,
            valid_to=END,
            usage_limit=offer.usage_limit,
            per_customer_limit=offer.per_customer_limit,
            minimum=None if offer.minimum is None else price_of(Decimal(offer.minimum), currency=self.currency),
        )
        return f"coupon {offer.code}", CreateCoupon(code=coupon_code(offer.code), terms=terms)

    async def _submit(self, subject: str, command: Command) -> bool:
        """True where it was not there before."""
        command_id = derived("demo-command", subject)
        envelope = Envelope(id=command_id, command=command, actor=ACTOR, correlation_id=command_id, keeps_refusal=True)
        outcome = await self.bus.submit(envelope)
        if outcome.refusal is not None:
            raise SeedRefused(f"{subject}: {outcome.refusal.detail}")
        return not outcome.replayed


def account_of(email: str) -> AccountId:
    """The account that somebody of the demo always has."""
    return AccountId(derived("demo-account", email))


def price_of(rupees: Decimal, *, currency: str) -> Money:
    """The price in the store's currency; one unit of any other is taken for a hundred rupees."""
    amount = rupees if currency == RUPEES else rupees / RUPEES_PER_OTHER_UNIT
    return Money.of(round(amount, decimals_of(currency)), currency)
