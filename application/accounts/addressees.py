"""Whose an email address is, for those who may not learn whether it is anybody's; and who presents mailed tokens."""

from application.ports.work import Work
from domain.accounts.account import ACCOUNTS, Account, AccountStatus
from domain.accounts.challenge import TokenNotValid
from domain.accounts.email_claim import EMAIL_CLAIMS
from domain.shared.identifiers import AccountId, ClaimId, derived


def addressee(work: Work, email_claim: ClaimId) -> Account | None:
    """The active account that has the address. As much is looked up where nobody has it, so that it takes as long."""
    claim = work.find(EMAIL_CLAIMS, email_claim)
    holder = claim.holder if claim is not None else None
    account = work.find(ACCOUNTS, holder or derived("nobody", email_claim))
    return account if account is not None and account.status is AccountStatus.ACTIVE else None


def presenter(work: Work, account_id: AccountId) -> Account:
    """The account whose token was presented. Raises TokenNotValid where it is closed."""
    account = work.get(ACCOUNTS, account_id)
    if account.status is not AccountStatus.ACTIVE:
        raise TokenNotValid("The token is not valid, or not any more.")
    return account
