"""The desk at which the demo's people do what they do: the ports of an API process, and a clock that can be turned."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from application.ports.commands import Command, CommandBus, Envelope, Outcome
from application.ports.gateway import PaymentGateway
from application.ports.images import ImageDeveloper, ImageStore
from application.ports.security import Emails, Names, Passwords, Vault
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, derived
from domain.shared.sealed import Sealed

SEED = Actor.system("seed")


class SeedRefused(Exception):
    """The shop would not take a part of the demo; says which and why."""


class DemoClock:
    """The clock on the wall, until it is turned back to a day of the demo's history. Never ahead of the wall."""

    def __init__(self) -> None:
        self._turned: datetime | None = None
        self.today = datetime.now(UTC)
        """What the demo's days are counted from."""

    def now(self) -> datetime:
        wall = datetime.now(UTC)
        return wall if self._turned is None else min(self._turned, wall)

    def turn_to(self, moment: datetime | None) -> None:
        """It stands there from now on; None lets it run again."""
        self._turned = moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everybody's commands go through here."""

    bus: CommandBus
    vault: Vault
    passwords: Passwords
    emails: Emails
    names: Names
    images: ImageStore
    developer: ImageDeveloper
    gateway: PaymentGateway
    clock: DemoClock
    currency: str

    async def submit(self, subject: str, command: Command, *, by: Actor = SEED) -> Outcome:
        """Raises SeedRefused. The subject is the idempotency key: what was done stays as it was done."""
        return await self.submit_as(command_id_of(subject), subject, command, by=by)

    async def submit_as(self, command_id: UUID, subject: str, command: Command, *, by: Actor) -> Outcome:
        """As `submit`, under an id that others know too."""
        envelope = Envelope(id=command_id, command=command, actor=by, correlation_id=command_id, keeps_refusal=True)
        outcome = await self.bus.submit(envelope)
        if outcome.refusal is not None:
            raise SeedRefused(f"{subject}: {outcome.refusal.detail}")
        return outcome

    async def sealed(self, account: AccountId, text: str, *, subject: str) -> Sealed:
        """Personal data of somebody who is registered. Raises SeedRefused for who was deleted since."""
        key = await self.vault.key_of(account)
        if key is None:
            raise SeedRefused(f"{subject}: the account is gone.")
        return self.vault.seal(person=account, key=key, text=text)


def command_id_of(subject: str) -> UUID:
    """Under which a part of the demo is done once."""
    return derived("demo-command", subject)
