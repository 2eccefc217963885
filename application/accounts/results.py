"""What commands on accounts answer with."""

from application.ports.commands import Result
from application.ports.work import Work
from domain.shared.identifiers import AccountId


class AccountKept(Result, frozen=True, kw_only=True):
    """The account as of `version`; its personal data is read from the log when the answer is rendered."""

    account_id: AccountId
    version: int


class Done(Result, frozen=True, kw_only=True):
    """Nothing to add."""


def account_kept(work: Work, account_id: AccountId) -> AccountKept:
    return AccountKept(account_id=account_id, version=work.version(account_id))
