"""What people say about themselves."""

from typing import ClassVar

from application.access import own_account, require_version
from application.accounts.results import AccountKept, account_kept
from application.ports.commands import Command, Touched, touching
from application.ports.side_rows import NameWords
from application.ports.work import Work
from domain.accounts.account import ACCOUNTS
from domain.shared.identifiers import AccountId
from domain.shared.sealed import Sealed


class EditProfile(Command, frozen=True, kw_only=True):
    """The actor's own profile; None leaves a field as it is."""

    name: ClassVar[str] = "accounts.edit-profile"
    account_id: AccountId
    full_name: Sealed | None = None
    name_words: tuple[str, ...] = ()
    """Of the name, as the blind index keeps them."""
    promotions_opt_in: bool | None = None
    expected_version: int | None = None

    def streams(self) -> Touched:
        return touching(ACCOUNTS, self.account_id)


def edit_profile(command: EditProfile, work: Work) -> AccountKept:
    account = own_account(work, command.account_id)
    require_version(work, account.id, command.expected_version)
    if command.full_name is not None:
        work.record(ACCOUNTS, account.id, account.rename(command.full_name))
        work.attach(NameWords(account_id=account.id, words=command.name_words))
    if command.promotions_opt_in is not None:
        work.record(ACCOUNTS, account.id, account.opt_in() if command.promotions_opt_in else account.opt_out())
    return account_kept(work, account.id)
