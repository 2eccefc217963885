"""People and things for the story of any route: made when they are asked for, a new one each time where it matters."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

from domain.shared.identifiers import AccountId, ChallengeId
from infrastructure.clock import SystemClock
from infrastructure.security.tokens import JwtTokens
from infrastructure.settings import load
from tests.support.caller import PASSWORD, Caller, check_out, demo, listed, newcomer, pay
from tests.support.system import System, eventually


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that its route carries out when it comes from `by`."""

    by: Caller
    ids: tuple[str, ...] = ()
    """What stands in the path's braces."""
    body: object = None
    """Sent as JSON; bytes as they are."""
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    other: object = None
    """A body that says something else and is understood; needed where none can be made from `body`."""
    status: int | None = None
    """Where it cannot be carried out without waiting for days: the refusal that says so."""
    personal: bool = True
    """What the ids name belongs to somebody, so that others of the same role are turned away."""

    def path(self, template: str) -> str:
        """Below the base path."""
        parts = template.split("{}")
        filled = "".join(part + each for part, each in zip(parts, (*self.ids, ""), strict=True))
        return filled + (f"?{self.query}" if self.query else "")


class Stage:
    """Two buyers, two sellers, an admin, and nobody. Closed at the end."""

    def __init__(self, shop: System) -> None:
        self.shop = shop
        self.url = shop.url
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @cached_property
    def nobody(self) -> Caller:
        return self._open.enter_context(Caller(self.url))

    @cached_property
    def buyer(self) -> Caller:
        return self.newcomer()

    @cached_property
    def other_buyer(self) -> Caller:
        return self.newcomer()

    @cached_property
    def seller(self) -> Caller:
        return self.newcomer("seller")

    @cached_property
    def other_seller(self) -> Caller:
        return self.newcomer("seller")

    @cached_property
    def admin(self) -> Caller:
        return self._open.enter_context(demo(self.url, "admin"))

    @cached_property
    def program(self) -> Caller:
        """What acts for the admin by an API key."""
        key = self.admin.post("/admin/api-keys", {"name": "Nightly export"}).expect(201)["key"]
        return self._open.enter_context(Caller(self.url, api_key=key))

    def report(self) -> str:
        """A new one that is produced."""
        form = {"kind": "sales", "from": "2026-11-01", "to": "2026-11-08", "format": "csv"}
        report = str(self.admin.post("/admin/reports", form).expect(202)["id"])
        at = f"/admin/reports/{report}"
        eventually("the report", lambda: self.admin.get(at).expect(200)["status"] == "done")
        return report

    @property
    def callers(self) -> Mapping[str, Caller]:
        """Everybody by the name that a role matrix has for them."""
        return {
            "nobody": self.nobody,
            "buyer": self.buyer,
            "other buyer": self.other_buyer,
            "seller": self.seller,
            "other seller": self.other_seller,
            "admin": self.admin,
            "program": self.program,
        }

    def newcomer(self, role: str = "buyer") -> Caller:
        """Somebody with nothing yet."""
        return self._open.enter_context(newcomer(self.url, role=role))

    def id_of(self, caller: Caller) -> str:
        return str(caller.get("/users/me").expect(200)["id"])

    def category(self) -> str:
        """A new one with nothing in it."""
        return str(self.admin.post("/categories", {"name": f"Pots {uuid4().hex}"}).expect(201)["id"])

    def email(self) -> str:
        """That nobody has."""
        return f"{uuid4().hex}@example.com"

    def stranger(self) -> tuple[str, str]:
        """The email address and the id of somebody who has registered and not logged in."""
        email = self.email()
        form = {"email": email, "password": PASSWORD, "name": "Grace", "role": "buyer"}
        return email, str(self.nobody.post("/auth/register", form).expect(201)["id"])

    @cached_property
    def shelf(self) -> str:
        """A product that nobody takes away, with enough for everybody."""
        return listed(self.seller, quantity=100_000)

    def product(self, *, quantity: int = 10) -> str:
        """A new one of the seller's."""
        return listed(self.seller, quantity=quantity)

    def withdrawn(self) -> str:
        product = self.product()
        self.seller.request("DELETE", f"/products/{product}").expect(204)
        return product

    def cart(self) -> None:
        """The buyer's cart holds two of what is on the shelf."""
        self.buyer.request("PUT", f"/cart/items/{self.shelf}", {"quantity": 2}).expect(200)

    def order(self) -> Mapping[str, Any]:
        """A new one of the buyer's, not paid for."""
        return check_out(self.buyer, self.shelf)

    def paid(self) -> Mapping[str, Any]:
        """An order and its payment."""
        order = self.order()
        return {**order, **pay(self.buyer, order)}

    def reader(self) -> Caller:
        """A newcomer to whom one of what is on the shelf was delivered."""
        caller = self.newcomer()
        order = check_out(caller, self.shelf)
        pay(caller, order)
        for status in ("shipped", "delivered"):
            self.seller.request("PATCH", f"/orders/{order['orderId']}/status", {"status": status}).expect(200)
        caller.get(f"/orders/{order['orderId']}").expect(200)  # which waits for what the seller has done
        return caller

    def declined(self) -> str:
        """A payment that can be tried again."""
        return str(pay(self.buyer, self.order(), transactionId="txn_decline_1")["paymentId"])

    def mailed_token(self, kind: str) -> str:
        """Of the latest challenge of that kind: as the mail would say it."""
        return self._tokens.mailed_token(self._challenge(f"accounts.{kind}-requested"))

    def unsubscribe_token(self) -> str:
        """As promotional mail to somebody says it."""
        return self._tokens.unsubscribe_token(AccountId(UUID(self.id_of(self.newcomer()))))

    def one_time_password(self) -> str:
        """Of the latest phone number that was given."""
        return self._tokens.one_time_password(self._challenge("accounts.phone-given"))

    @cached_property
    def _tokens(self) -> JwtTokens:
        settings = load(self.shop.environment, directory=self.shop.home).settings
        return JwtTokens(secret=settings.jwt_secret.encode(), master_key=settings.pii_master_key, clock=SystemClock())

    def _challenge(self, kind: str) -> ChallengeId:
        query = "SELECT data ->> 'challenge_id' FROM till.event_log WHERE type = %s ORDER BY position DESC LIMIT 1"
        with self.shop.connection() as connection:
            row = connection.execute(query, (kind,)).fetchone()
        assert row is not None
        return ChallengeId(UUID(row[0]))

    def dead_job(self) -> str:
        """A mail that was given up, though it has left: sent again it is the same."""
        self.stranger()
        done = "SELECT id FROM {0}.due WHERE status = 'done' ORDER BY asked_at DESC LIMIT 1"
        with self.shop.connection() as connection:
            live = "SELECT live_schema FROM till.projection WHERE name = 'account_mails'"
            schema = connection.execute(live).fetchall()[0][0]
            eventually("a mail has left", lambda: connection.execute(done.format(schema)).fetchall())
            query = f"UPDATE {schema}.due SET status = 'dead' WHERE id = ({done.format(schema)}) RETURNING id"
            return str(connection.execute(query).fetchall()[0][0])

    def refresh_token(self) -> str:
        email, _ = self.stranger()
        form = {"email": email, "password": PASSWORD}
        return str(self.nobody.post("/auth/login", form).expect(200)["refreshToken"])


Story = Callable[[Stage], Asked]
"""Makes what has to be there, and says what is to be asked."""
