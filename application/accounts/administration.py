"""What is changed of an account by its owner or by an admin: name, address, role."""

from typing import ClassVar

from application.access import admitted, own_account, require_version
from application.accounts.results import AccountKept, account_kept
from application.accounts.verification import ask_verification
from application.ports.commands import Command, Touched, touching
from application.ports.side_rows import NameWords
from application.ports.work import Work
from domain.accounts.account import ACCOUNTS, Account
from domain.accounts.email_claim import EMAIL_CLAIMS, claim_email
from domain.accounts.events import Role
from domain.accounts.standing import grant, replace_email
from domain.shared.identifiers import AccountId, ChallengeId, ClaimId
from domain.shared.sealed import Sealed


class EditAccount(Command, frozen=True, kw_only=True):
    """None leaves a field as it is. A role is granted by admins alone."""

    name: ClassVar[str] = "accounts.edit-account"
    account_id: AccountId
    full_name: Sealed | None = None
    name_words: tuple[str, ...] = ()
    """Of the name, as the blind index keeps them."""
    email: Sealed | None = None
    email_claim: ClaimId | None = None
    """Set with the email."""
    verification: ChallengeId | None = None
    token_hash: str = ""
    """With `verification`: of the token that proves the new address, to be mailed to it."""
    role: Role | None = None
    promotions_opt_in: bool | None = None
    expected_version: int | None = None

    def streams(self) -> Touched:
        claim = touching(EMAIL_CLAIMS, self.email_claim) if self.email_claim else ()
        return (*touching(ACCOUNTS, self.account_id), *claim)


def edit_account(command: EditAccount, work: Work) -> AccountKept:
    """All of it or nothing."""
    account = own_account(work, command.account_id)
    require_version(work, account.id, command.expected_version)
    if command.full_name is not None:
        work.record(ACCOUNTS, account.id, account.rename(command.full_name))
        work.attach(NameWords(account_id=account.id, words=command.name_words))
    if command.email is not None and command.email_claim is not None:
        _move(work, account, command.email, command.email_claim)
        if command.verification is not None and account.email_claim != command.email_claim:
            ask_verification(work, account.id, challenge_id=command.verification, token_hash=command.token_hash)
    if command.role is not None:
        admitted(work, Role.ADMIN)
        work.record(ACCOUNTS, account.id, grant(account, command.role, at=work.now))
    if command.promotions_opt_in is not None:
        work.record(ACCOUNTS, account.id, account.opt_in() if command.promotions_opt_in else account.opt_out())
    return account_kept(work, account.id)


def _move(work: Work, account: Account, email: Sealed, email_claim: ClaimId) -> None:
    """Claims the new address and releases the one before, in one append; whoever comes first has it."""
    moved = replace_email(account, email, email_claim=email_claim, at=work.now)
    if not moved:
        return
    claim = work.find(EMAIL_CLAIMS, email_claim)
    claimed = claim_email(claim, claim_id=email_claim, account_id=account.id)
    released = work.get(EMAIL_CLAIMS, account.email_claim).release(account.id)
    work.record(ACCOUNTS, account.id, moved)
    work.record(EMAIL_CLAIMS, email_claim, claimed)
    work.record(EMAIL_CLAIMS, account.email_claim, released)
