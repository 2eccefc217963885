"""Giving a phone number, and proving that it is one's own."""

from typing import ClassVar

from application.access import own_account, require_version
from application.accounts.results import AccountKept, account_kept
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from domain.accounts.account import ACCOUNTS
from domain.shared.identifiers import AccountId, ChallengeId
from domain.shared.sealed import Sealed


class GuessKept(Result, frozen=True, kw_only=True):
    """`matched` is False for a wrong one-time password, which counts."""

    account_id: AccountId
    version: int
    matched: bool


class GivePhone(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.give-phone"
    account_id: AccountId
    phone: Sealed
    """E.164."""
    challenge_id: ChallengeId
    expected_version: int | None = None

    def streams(self) -> Touched:
        return touching(ACCOUNTS, self.account_id)


class VerifyPhone(Command, frozen=True, kw_only=True):
    """A one-time password was compared with that of the challenge."""

    name: ClassVar[str] = "accounts.verify-phone"
    account_id: AccountId
    challenge_id: ChallengeId
    matches: bool

    def streams(self) -> Touched:
        return touching(ACCOUNTS, self.account_id)


def give_phone(command: GivePhone, work: Work) -> AccountKept:
    account = own_account(work, command.account_id)
    require_version(work, account.id, command.expected_version)
    given = account.contact.give_phone(account.id, command.phone, challenge_id=command.challenge_id, at=work.now)
    work.record(ACCOUNTS, account.id, given)
    return account_kept(work, account.id)


def verify_phone(command: VerifyPhone, work: Work) -> GuessKept:
    """Answers, not refuses, a wrong guess: it must be recorded."""
    account = own_account(work, command.account_id)
    events = account.contact.verify_phone(presented=command.challenge_id, matches=command.matches, at=work.now)
    work.record(ACCOUNTS, account.id, events)
    return GuessKept(account_id=account.id, version=work.version(account.id), matched=command.matches)
