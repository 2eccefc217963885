"""Setting a password anew: by who reads the account's mail, or by who knows the one before."""

from typing import ClassVar

from application.access import own_account
from application.accounts.addressees import addressee, presenter
from application.accounts.results import Done
from application.ports.commands import Command, Touched, touching
from application.ports.side_rows import Credential, MailedToken
from application.ports.work import Work
from domain.accounts.account import ACCOUNTS, Account
from domain.accounts.email_claim import EMAIL_CLAIMS
from domain.accounts.events import AccountEvent
from domain.accounts.password import RESET_LIFE, PasswordWrong
from domain.accounts.session import SESSIONS
from domain.shared.identifiers import AccountId, ChallengeId, ClaimId, SessionId


class RequestPasswordReset(Command, frozen=True, kw_only=True):
    """By the address, whether or not anybody has it; `token_hash` is that of the token to be mailed."""

    name: ClassVar[str] = "accounts.request-password-reset"
    email_claim: ClaimId
    challenge_id: ChallengeId
    token_hash: str

    def streams(self) -> Touched:
        return touching(EMAIL_CLAIMS, self.email_claim)


class ResetPassword(Command, frozen=True, kw_only=True):
    """The challenge's token was presented."""

    name: ClassVar[str] = "accounts.reset-password"
    account_id: AccountId
    challenge_id: ChallengeId
    password_hash: str

    def streams(self) -> Touched:
        return touching(ACCOUNTS, self.account_id)


class ReplacePassword(Command, frozen=True, kw_only=True):
    """The password of generation `checked` was given along with the new one, in `session`; None where it was not."""

    name: ClassVar[str] = "accounts.replace-password"
    account_id: AccountId
    session_id: SessionId
    checked: int | None
    password_hash: str

    def streams(self) -> Touched:
        return (*touching(ACCOUNTS, self.account_id), *touching(SESSIONS, self.session_id))


def request_password_reset(command: RequestPasswordReset, work: Work) -> Done:
    """Answers alike whether or not there is an account."""
    account = addressee(work, command.email_claim)
    if account is not None:
        asked = account.password.ask_reset(
            account.id, command.email_claim, challenge_id=command.challenge_id, at=work.now
        )
        work.record(ACCOUNTS, account.id, asked)
        work.attach(
            MailedToken(
                token_hash=command.token_hash,
                account_id=account.id,
                challenge_id=command.challenge_id,
                expires_at=work.now + RESET_LIFE,
            )
        )
    return Done()


def reset_password(command: ResetPassword, work: Work) -> Done:
    """Ends every session: whoever held one may be who the password is kept from."""
    account = presenter(work, command.account_id)
    reset = account.password.reset_by(account.email_claim, presented=command.challenge_id, at=work.now)
    _set_password(work, account, (*reset, *account.revoke_sessions(work.now)), command.password_hash)
    return Done()


def replace_password(command: ReplacePassword, work: Work) -> Done:
    """Ends every other session. Raises SessionOver where the one that asks was ended meanwhile."""
    if command.checked is None:
        raise PasswordWrong("The current password is another.")
    account = own_account(work, command.account_id)
    session = work.get(SESSIONS, command.session_id)
    session.require_owner(account.id)
    session.require_alive(account.valid_from(session.id), work.now)
    replaced = account.password.replace(checked=command.checked, at=work.now)
    events = (*replaced, *account.revoke_other_sessions(session.id, work.now))
    _set_password(work, account, events, command.password_hash)
    return Done()


def _set_password(work: Work, account: Account, events: tuple[AccountEvent, ...], password_hash: str) -> None:
    work.record(ACCOUNTS, account.id, events)
    generation = account.password.generation + 1
    work.attach(Credential(account_id=account.id, password_hash=password_hash, generation=generation))
