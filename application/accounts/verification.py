"""Proving that somebody reads the mail of an account's address."""

from typing import ClassVar

from application.accounts.addressees import addressee, presenter
from application.accounts.results import AccountKept, Done, account_kept
from application.ports.commands import Command, Touched, touching
from application.ports.side_rows import MailedToken
from application.ports.work import Work
from domain.accounts.account import ACCOUNTS
from domain.accounts.contact import VERIFICATION_LIFE
from domain.accounts.email_claim import EMAIL_CLAIMS
from domain.shared.identifiers import AccountId, ChallengeId, ClaimId


class RequestVerification(Command, frozen=True, kw_only=True):
    """By the address, whether or not anybody has it; `token_hash` is that of the token to be mailed."""

    name: ClassVar[str] = "accounts.request-verification"
    email_claim: ClaimId
    challenge_id: ChallengeId
    token_hash: str

    def streams(self) -> Touched:
        return touching(EMAIL_CLAIMS, self.email_claim)


class VerifyEmail(Command, frozen=True, kw_only=True):
    """The challenge's token was presented."""

    name: ClassVar[str] = "accounts.verify-email"
    account_id: AccountId
    challenge_id: ChallengeId

    def streams(self) -> Touched:
        return touching(ACCOUNTS, self.account_id)


def request_verification(command: RequestVerification, work: Work) -> Done:
    """Answers alike whether or not there is an account, and whether or not it is verified."""
    account = addressee(work, command.email_claim)
    if account is not None:
        ask_verification(work, account.id, challenge_id=command.challenge_id, token_hash=command.token_hash)
    return Done()


def ask_verification(work: Work, account_id: AccountId, *, challenge_id: ChallengeId, token_hash: str) -> None:
    """Sends a token to the account's present address, unless that is verified."""
    account = work.get(ACCOUNTS, account_id)
    asked = account.contact.ask_verification(account_id, account.email_claim, challenge_id=challenge_id, at=work.now)
    if asked:
        work.record(ACCOUNTS, account_id, asked)
        expires_at = work.now + VERIFICATION_LIFE
        work.attach(
            MailedToken(token_hash=token_hash, account_id=account_id, challenge_id=challenge_id, expires_at=expires_at)
        )


def verify_email(command: VerifyEmail, work: Work) -> AccountKept:
    account = presenter(work, command.account_id)
    verified = account.contact.verify_email(account.email_claim, presented=command.challenge_id, at=work.now)
    work.record(ACCOUNTS, account.id, verified)
    return account_kept(work, account.id)
