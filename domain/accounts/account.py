"""Somebody the shop knows."""

from datetime import datetime
from enum import StrEnum
from typing import assert_never, get_args
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.accounts.contact import Contact, evolve_contact
from domain.accounts.events import (
    AccountClosing,
    AccountDeleted,
    AccountEvent,
    AccountRegistered,
    AccountRenamed,
    AccountReopened,
    AllSessionsRevoked,
    EmailReplaced,
    EmailVerified,
    OtherSessionsRevoked,
    PasswordReplaced,
    PasswordReset,
    PasswordResetRequested,
    PhoneGiven,
    PhoneGuessMissed,
    PhoneVerified,
    PromotionsOptedIn,
    PromotionsOptedOut,
    Role,
    RoleGranted,
    VerificationRequested,
)
from domain.accounts.password import Password, evolve_password
from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, ClaimId, SessionId
from domain.shared.refusal import Forbidden
from domain.shared.sealed import Sealed


class AccountStatus(StrEnum):
    ACTIVE = "active"
    CLOSING = "closing"
    """May be deleted any moment, or be reopened; meanwhile it does nothing."""
    DELETED = "deleted"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One person's account. Its role is what counts, whatever a token says."""

    id: AccountId
    email: Sealed
    email_claim: ClaimId
    name: Sealed
    role: Role
    promotions_opt_in: bool
    sessions_valid_from: datetime
    """Sessions started before that are over, but for the one that was kept."""
    kept_session: SessionId | None = None
    contact: Contact = Contact()
    password: Password = Password()
    created_at: datetime
    status: AccountStatus = AccountStatus.ACTIVE
    closing: UUID | None = None
    """Of the latest closing; None where it was reopened or there never was one."""

    @property
    def email_verified(self) -> bool:
        return self.contact.verified == self.email_claim

    @staticmethod
    def register(
        *,
        account_id: AccountId,
        email: Sealed,
        email_claim: ClaimId,
        name: Sealed,
        role: Role,
        appointed: bool,
        at: datetime,
    ) -> tuple[AccountEvent, ...]:
        """Anybody may become a buyer or a seller; `appointed` says that an admin, or the shop itself, asks."""
        if role is Role.ADMIN and not appointed:
            raise Forbidden("Only an admin makes admins.")
        registered = AccountRegistered(
            account_id=account_id, email=email, email_claim=email_claim, name=name, role=role, at=at
        )
        return (registered,)

    def require(self, *roles: Role) -> None:
        """Raises Forbidden where the account is closed or has none of the roles; without roles any will do."""
        if self.status is not AccountStatus.ACTIVE:
            raise Forbidden("The account is closed.")
        if roles and self.role not in roles:
            raise Forbidden(f"This takes the role {' or '.join(roles)}.")

    def rename(self, name: Sealed) -> tuple[AccountEvent, ...]:
        return () if name == self.name else (AccountRenamed(name=name),)

    def opt_in(self) -> tuple[AccountEvent, ...]:
        """Wants promotional mail; saying so again changes nothing."""
        return () if self.promotions_opt_in else (PromotionsOptedIn(),)

    def opt_out(self) -> tuple[AccountEvent, ...]:
        """Wants no promotional mail; saying so again changes nothing."""
        return (PromotionsOptedOut(),) if self.promotions_opt_in else ()

    def revoke_sessions(self, at: datetime) -> tuple[AccountEvent, ...]:
        """Ends every session that was started before."""
        return (AllSessionsRevoked(at=at),)

    def revoke_other_sessions(self, kept: SessionId, at: datetime) -> tuple[AccountEvent, ...]:
        """As `revoke_sessions`, but for one, which must be alive."""
        return (OtherSessionsRevoked(kept=kept, at=at),)

    def valid_from(self, session: SessionId) -> datetime:
        """When the session must have been started at the earliest."""
        return self.created_at if session == self.kept_session else self.sessions_valid_from


def evolve(account: Account | None, event: AccountEvent) -> Account:
    """The account after the event."""
    match event:
        case AccountRegistered():
            return _registered(event)
        case _ if account is None:
            raise ValueError(f"{event.topic} came first")
        case AccountRenamed(name=name):
            return replace(account, name=name)
        case PromotionsOptedIn():
            return replace(account, promotions_opt_in=True)
        case PromotionsOptedOut():
            return replace(account, promotions_opt_in=False)
        case AllSessionsRevoked(at=at):
            return replace(account, sessions_valid_from=at, kept_session=None)
        case RoleGranted(role=role):
            return replace(account, role=role)
        case EmailReplaced(email=email, email_claim=email_claim):
            return replace(account, email=email, email_claim=email_claim)
        case AccountClosing(closing=closing):
            return replace(account, status=AccountStatus.CLOSING, closing=closing)
        case AccountReopened():
            return replace(account, status=AccountStatus.ACTIVE, closing=None)
        case AccountDeleted(at=at):
            return replace(account, status=AccountStatus.DELETED, sessions_valid_from=at, kept_session=None)
        case OtherSessionsRevoked(kept=kept, at=at):
            return replace(account, sessions_valid_from=at, kept_session=kept)
        case VerificationRequested() | EmailVerified() | PhoneGiven() | PhoneGuessMissed() | PhoneVerified():
            return replace(account, contact=evolve_contact(account.contact, event))
        case PasswordResetRequested() | PasswordReset() | PasswordReplaced():
            return replace(account, password=evolve_password(account.password, event))
        case _:
            assert_never(event)


def _registered(event: AccountRegistered) -> Account:
    return Account(
        id=event.account_id,
        email=event.email,
        email_claim=event.email_claim,
        name=event.name,
        role=event.role,
        promotions_opt_in=False,
        sessions_valid_from=event.at,
        created_at=event.at,
    )


ACCOUNTS: Category[Account, AccountEvent] = Category(
    name="account",
    family=Family.CUSTOMERS,
    events=get_args(AccountEvent),
    state=Account,
    evolve=evolve,
    key=lambda account: account.id,
    snapshot_version=2,
)
