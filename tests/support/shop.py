"""A shop in memory: the handlers on a fake log, with the people that every story needs."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from application.accounts.registration import RegisterAccount, register_account
from application.catalogue import ListProduct, list_product
from application.policy import ShopPolicy
from application.ports.work import Work
from domain.accounts.events import Role
from domain.shared.actor import ANONYMOUS, Actor
from domain.shared.identifiers import AccountId, ClaimId, ProductId, derived
from domain.shared.money import Money
from tests.support.accounts import ADMIN, BUYER, RIVAL, SELLER, STRANGER, sealed
from tests.support.catalogue import PRICE, SHAMPOO
from tests.support.fake_work import SHOP, FakeLog

T = TypeVar("T")

POLICY = ShopPolicy(currency="INR", tax_rate=1_800, tax_inclusive=False, payment_window=timedelta(minutes=30))


def registration(account_id: AccountId, role: Role = Role.BUYER, *, email: str | None = None) -> RegisterAccount:
    """Everybody has an email address of their own, unless one is given."""
    return RegisterAccount(
        account_id=account_id,
        email=sealed(account_id, "email"),
        email_claim=ClaimId(derived("email", email or account_id)),
        full_name=sealed(account_id, "name"),
        role=role,
        password_hash="$argon2id$",
        person_key="wrapped",
    )


class FakeShop:
    """A buyer, a stranger (who buys too), a seller, its rival and an admin are registered."""

    def __init__(self) -> None:
        self.log = FakeLog()
        for account_id, role in (
            (BUYER, Role.BUYER),
            (STRANGER, Role.BUYER),
            (SELLER, Role.SELLER),
            (RIVAL, Role.SELLER),
            (ADMIN, Role.ADMIN),
        ):
            command = registration(account_id, role)
            self.log.carry_out(partial(register_account, command))

    def ask(self, decide: Callable[[Work], T], *, by: AccountId) -> T:
        return self.log.carry_out(decide, actor=Actor.of(by))

    def ask_anonymously(self, decide: Callable[[Work], T]) -> T:
        return self.log.carry_out(decide, actor=ANONYMOUS)

    def ask_itself(self, decide: Callable[[Work], T]) -> T:
        return self.log.carry_out(decide, actor=SHOP)

    def stocks(
        self, quantity: int, *, product: ProductId = SHAMPOO, price: Money = PRICE, by: AccountId = SELLER
    ) -> None:
        """A seller lists a product of which there is so much."""
        command = ListProduct(product_id=product, title="Rose Shampoo", price=price, quantity=quantity)
        self.ask(lambda work: list_product(command, work, policy=POLICY), by=by)

    def history(self) -> dict[UUID, int]:
        """Events per stream: what a refusal must leave as it is."""
        return {stream: len(events) for stream, events in self.log.streams.items()}
