"""Promotional mail is turned off by whoever reads it, without a login."""

from typing import ClassVar

from application.accounts.results import Done
from application.ports.commands import Command, Touched, touching
from application.ports.work import Work
from domain.accounts.account import ACCOUNTS, AccountStatus
from domain.shared.identifiers import AccountId


class Unsubscribe(Command, frozen=True, kw_only=True):
    """The token was presented that promotional mail to the account carries."""

    name: ClassVar[str] = "accounts.unsubscribe"
    account_id: AccountId

    def streams(self) -> Touched:
        return touching(ACCOUNTS, self.account_id)


def unsubscribe(command: Unsubscribe, work: Work) -> Done:
    """Answers alike whether or not there was anything to turn off, and whether the account is still there."""
    account = work.find(ACCOUNTS, command.account_id)
    if account is not None and account.status is not AccountStatus.DELETED:
        work.record(ACCOUNTS, account.id, account.opt_out())
    return Done()
