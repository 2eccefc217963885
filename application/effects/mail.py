"""Mail that leaves the shop: due rows say what it is about by ids alone, and who it is for is looked up when sending.

A mail whose sending was not recorded before a crash is sent again, under the same Message-ID.
"""

from typing import ClassVar
from uuid import UUID

from application.effects.effect import EffectPorts
from application.ports.commands import Command
from domain.shared.identifiers import AccountId, ChallengeId, derived


class SendMail(Command, frozen=True, kw_only=True):
    """One mail per template, account and references, whoever asks for it and however often."""

    name: ClassVar[str] = "mail.send-mail"
    template: str
    """`password-reset`; a file of that name says what it reads like."""
    account_id: AccountId
    references: dict[str, str]
    """What it is about, `order_id`: no personal data, no secrets."""

    @property
    def mail_id(self) -> UUID:
        about = (f"{name}={value}" for name, value in sorted(self.references.items()))
        return derived("mail", self.template, self.account_id, *about)


class SendOneTimePassword(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "mail.send-one-time-password"
    account_id: AccountId
    challenge_id: ChallengeId


class ForgetMail(Command, frozen=True, kw_only=True):
    """The account was deleted: what is kept of mail to it goes too."""

    name: ClassVar[str] = "mail.forget-mail"
    account_id: AccountId


async def send_mail(command: SendMail, ports: EffectPorts) -> None:
    """Raises MailerUnavailable, LetterRefused."""
    letter = await ports.letters.compose(
        letter_id=command.mail_id,
        template=command.template,
        account=command.account_id,
        references=command.references,
        at=ports.now,
    )
    if letter is not None:
        await ports.mailer.send(letter)


async def send_one_time_password(command: SendOneTimePassword, ports: EffectPorts) -> None:
    """Raises MailerUnavailable."""
    await ports.texts.send_one_time_password(account=command.account_id, challenge=command.challenge_id)


async def forget_mail(command: ForgetMail, ports: EffectPorts) -> None:
    """Raises MailerUnavailable."""
    await ports.mailer.forget(command.account_id)
