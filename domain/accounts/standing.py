"""Where an account stands: its role, its address, and how it is closed for good."""

from datetime import datetime
from uuid import UUID

from domain.accounts.account import Account, AccountStatus
from domain.accounts.events import (
    AccountClosing,
    AccountDeleted,
    AccountEvent,
    AccountReopened,
    EmailReplaced,
    Role,
    RoleGranted,
)
from domain.shared.identifiers import ClaimId
from domain.shared.refusal import NotFound, Refusal
from domain.shared.sealed import Sealed


class ClosingOver(Refusal):
    """The closing that was to be ended has ended: the account was reopened since."""

    code = "closing-over"


class AccountInClosing(Refusal):
    """Nothing about an account is changed while it is being deleted."""

    code = "account-closing"


def grant(account: Account, role: Role, *, at: datetime) -> tuple[AccountEvent, ...]:
    """The role it has is granted already. Raises NotFound, AccountInClosing."""
    require_open(account)
    return () if role is account.role else (RoleGranted(role=role, at=at),)


def replace_email(account: Account, email: Sealed, *, email_claim: ClaimId, at: datetime) -> tuple[AccountEvent, ...]:
    """The same address, however it is written, replaces nothing. Raises NotFound, AccountInClosing."""
    require_open(account)
    if email_claim == account.email_claim:
        return ()
    return (EmailReplaced(email=email, email_claim=email_claim, at=at),)


def close(account: Account, *, closing: UUID, at: datetime) -> tuple[AccountEvent, ...]:
    """Closes the door; a door that is closed already stays closed for the same closing. Raises NotFound."""
    if account.status is AccountStatus.DELETED:
        raise NotFound("There is no such account.")
    if account.status is AccountStatus.CLOSING:
        return ()
    return (AccountClosing(account_id=account.id, closing=closing, at=at),)


def reopen(account: Account, *, closing: UUID, at: datetime) -> tuple[AccountEvent, ...]:
    """Raises ClosingOver."""
    _require_closing(account, closing)
    return (AccountReopened(account_id=account.id, closing=closing, at=at),)


def delete(account: Account, *, closing: UUID, at: datetime) -> tuple[AccountEvent, ...]:
    """Raises ClosingOver: whoever found nothing under way must have looked behind this very door."""
    _require_closing(account, closing)
    return (AccountDeleted(account_id=account.id, closing=closing, at=at),)


def require_open(account: Account) -> None:
    """Raises NotFound where it is deleted, AccountInClosing where that is being decided."""
    if account.status is AccountStatus.DELETED:
        raise NotFound("There is no such account.")
    if account.status is AccountStatus.CLOSING:
        raise AccountInClosing("The account is being deleted.")


def _require_closing(account: Account, closing: UUID) -> None:
    if account.status is not AccountStatus.CLOSING or account.closing != closing:
        raise ClosingOver("The account is not being closed any more.")
