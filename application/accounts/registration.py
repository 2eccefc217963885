"""Opening an account."""

from typing import ClassVar

from application.access import acting_account
from application.accounts.results import AccountKept, account_kept
from application.accounts.verification import ask_verification
from application.ports.commands import Command, Touched, touching
from application.ports.side_rows import Credential, NameWords, PersonKey
from application.ports.work import Work
from domain.accounts.account import ACCOUNTS, Account
from domain.accounts.email_claim import EMAIL_CLAIMS, claim_email
from domain.accounts.events import Role
from domain.shared.actor import ActorKind
from domain.shared.identifiers import AccountId, ChallengeId, ClaimId
from domain.shared.refusal import AlreadyExists
from domain.shared.sealed import Sealed


class RegisterAccount(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.register-account"
    account_id: AccountId
    email: Sealed
    email_claim: ClaimId
    full_name: Sealed
    role: Role
    password_hash: str
    person_key: str
    """The person's key, wrapped (base64)."""
    name_words: tuple[str, ...] = ()
    """Of the name, as the blind index keeps them."""
    verification: ChallengeId | None = None
    token_hash: str = ""
    """With `verification`: of the token to be mailed."""

    def streams(self) -> Touched:
        return (*touching(ACCOUNTS, self.account_id), *touching(EMAIL_CLAIMS, self.email_claim))


def register_account(command: RegisterAccount, work: Work) -> AccountKept:
    """Opens the account and claims its email address in one append."""
    registered = Account.register(
        account_id=command.account_id,
        email=command.email,
        email_claim=command.email_claim,
        name=command.full_name,
        role=command.role,
        appointed=_appoints(work),
        at=work.now,
    )
    if work.find(ACCOUNTS, command.account_id) is not None:
        raise AlreadyExists("There is an account with this identifier.")
    claim = work.find(EMAIL_CLAIMS, command.email_claim)
    claimed = claim_email(claim, claim_id=command.email_claim, account_id=command.account_id)
    work.record(ACCOUNTS, command.account_id, registered)
    work.record(EMAIL_CLAIMS, command.email_claim, claimed)
    work.attach(Credential(account_id=command.account_id, password_hash=command.password_hash))
    work.attach(PersonKey(person_id=command.email.person, wrapped_key=command.person_key))
    if command.name_words:
        work.attach(NameWords(account_id=command.account_id, words=command.name_words))
    if command.verification is not None:
        ask_verification(work, command.account_id, challenge_id=command.verification, token_hash=command.token_hash)
    return account_kept(work, command.account_id)


def _appoints(work: Work) -> bool:
    """Whether who asks may make admins."""
    if work.actor.kind is ActorKind.ACCOUNT:
        return acting_account(work).role is Role.ADMIN
    return work.actor.kind is ActorKind.SYSTEM
