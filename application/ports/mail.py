"""Mail and messages as the shop sends them: what is to be said is asked for by ids, at the moment of sending."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from domain.shared.identifiers import AccountId, ChallengeId


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One mail to one person. Never kept by anything but the mailer."""

    id: UUID
    """A letter that is sent again under its id is the same letter."""
    account: AccountId
    address: str
    name: str | None
    """None where the address is not proven: a name could say anything to whoever reads it."""
    subject: str
    text: str
    html: str
    at: datetime


class MailerUnavailable(Exception):
    """It failed in a way that may pass; the letter may or may not have left, and is sent again under its id."""


class LetterRefused(Exception):
    """The letter will never leave, however often it is tried."""


class Mailer(Protocol):
    async def send(self, letter: Letter) -> None:
        """Once per id, as far as the means allow: always with the same Message-ID.

        Raises MailerUnavailable, LetterRefused.
        """

    async def forget(self, account: AccountId) -> None:
        """Destroys what is kept here of letters to the account; nothing where nothing is kept."""


class Letters(Protocol):
    async def compose(
        self, *, letter_id: UUID, template: str, account: AccountId, references: Mapping[str, str], at: datetime
    ) -> Letter | None:
        """None where there is nobody to write to any more, or what it would say does not hold any more.

        Raises LetterRefused where nobody knows how to write it.
        """


class Texts(Protocol):
    async def send_one_time_password(self, *, account: AccountId, challenge: ChallengeId) -> None:
        """To the account's phone; nothing where it awaits another, or none. Raises MailerUnavailable."""
