"""Deleting an account in two steps: the door is closed, and behind it one looks whether anything is under way."""

from typing import ClassVar
from uuid import UUID

from application.access import any_own_account, require_the_shop, require_version
from application.ports.commands import Command, Result, Touched, touching
from application.ports.open_orders import OpenOrder
from application.ports.side_rows import Forgotten
from application.ports.work import Work
from domain.accounts.account import ACCOUNTS, Account, AccountStatus
from domain.accounts.email_claim import EMAIL_CLAIMS
from domain.accounts.standing import close, delete, reopen
from domain.shared.identifiers import AccountId
from domain.shared.refusal import Refusal, Violation

MOST_LISTED = 50


class UndeliveredOrders(Refusal):
    """An account is not deleted while an order of its is neither delivered nor cancelled."""

    code = "undelivered-orders"


class ProductsForSale(Refusal):
    """A seller is not deleted while anything of theirs is for sale: nobody would be there to ship it."""

    code = "products-for-sale"


class ClosingKept(Result, frozen=True, kw_only=True):
    account_id: AccountId
    closing: UUID


class ClosingEnded(Result, frozen=True, kw_only=True):
    """What is under way is why the account was reopened; there is nothing where it was deleted."""

    account_id: AccountId
    undelivered: tuple[OpenOrder, ...]
    for_sale: int = 0


class CloseAccount(Command, frozen=True, kw_only=True):
    """The first step. From then on the account does nothing: checkout reads its stream."""

    name: ClassVar[str] = "accounts.close-account"
    account_id: AccountId
    expected_version: int | None = None

    def streams(self) -> Touched:
        return touching(ACCOUNTS, self.account_id)


class EndClosing(Command, frozen=True, kw_only=True):
    """The second step, for the shop itself, with what was found under way when the door was closed."""

    name: ClassVar[str] = "accounts.end-closing"
    account_id: AccountId
    closing: UUID
    undelivered: tuple[OpenOrder, ...]
    for_sale: int = 0
    """Products of a seller that are listed."""

    def streams(self) -> Touched:
        return touching(ACCOUNTS, self.account_id)


def close_account(command: CloseAccount, work: Work) -> ClosingKept:
    """For the owner and for admins. An account that is being closed already is closed once."""
    account = any_own_account(work, command.account_id)
    require_version(work, account.id, command.expected_version)
    work.record(ACCOUNTS, account.id, close(account, closing=work.command_id, at=work.now))
    closing = work.get(ACCOUNTS, account.id).closing
    return ClosingKept(account_id=account.id, closing=closing or work.command_id)


def end_closing(command: EndClosing, work: Work) -> ClosingEnded:
    """Deletes the account or reopens it. Whoever comes second finds the account deleted and says so too."""
    require_the_shop(work)
    account = work.get(ACCOUNTS, command.account_id)
    if account.status is AccountStatus.DELETED and account.closing == command.closing:
        return ClosingEnded(account_id=account.id, undelivered=())
    if command.undelivered or command.for_sale:
        work.record(ACCOUNTS, account.id, reopen(account, closing=command.closing, at=work.now))
    else:
        _delete(work, account, command.closing)
    return ClosingEnded(account_id=account.id, undelivered=command.undelivered, for_sale=command.for_sale)


def require_deleted(ended: ClosingEnded) -> None:
    """Raises UndeliveredOrders, which lists them, and ProductsForSale."""
    if ended.undelivered:
        listed = ended.undelivered[:MOST_LISTED]
        violations = tuple(
            Violation("", f"Order {each.order_number} ({each.order_id}) is {each.status}.") for each in listed
        )
        detail = f"{len(ended.undelivered)} orders are neither delivered nor cancelled."
        raise UndeliveredOrders(detail, violations=violations)
    if ended.for_sale:
        raise ProductsForSale(f"{ended.for_sale} products are for sale; withdraw them first.")


def _delete(work: Work, account: Account, closing: UUID) -> None:
    """The account, the claim on its address, and all that is kept of the person beside the log, in one append."""
    work.record(ACCOUNTS, account.id, delete(account, closing=closing, at=work.now))
    claim = work.find(EMAIL_CLAIMS, account.email_claim)
    if claim is not None and claim.holder == account.id:
        work.record(EMAIL_CLAIMS, claim.id, claim.release(account.id))
    work.attach(Forgotten(account_id=account.id, person_id=account.email.person))
