"""What happens to accounts, to the claims on their email addresses, and to their sessions."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.shared.event import Event
from domain.shared.identifiers import AccountId, ChallengeId, ClaimId, SessionId
from domain.shared.sealed import Sealed


class Role(StrEnum):
    BUYER = "buyer"
    SELLER = "seller"
    ADMIN = "admin"


class AccountRegistered(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.account-registered"
    account_id: AccountId
    email: Sealed
    email_claim: ClaimId
    name: Sealed
    role: Role
    at: datetime


class AccountRenamed(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.account-renamed"
    name: Sealed


class PromotionsOptedIn(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.promotions-opted-in"


class PromotionsOptedOut(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.promotions-opted-out"


class AllSessionsRevoked(Event, frozen=True, kw_only=True):
    """Sessions started before `at` are over."""

    topic: ClassVar[str] = "accounts.all-sessions-revoked"
    at: datetime


class RoleGranted(Event, frozen=True, kw_only=True):
    """The role that counts from now on; the one before is gone."""

    topic: ClassVar[str] = "accounts.role-granted"
    role: Role
    at: datetime


class EmailReplaced(Event, frozen=True, kw_only=True):
    """The account has another address, which nobody has verified; the claim on the one before is released."""

    topic: ClassVar[str] = "accounts.email-replaced"
    email: Sealed
    email_claim: ClaimId
    at: datetime


class AccountClosing(Event, frozen=True, kw_only=True):
    """The door is closed: the account does nothing more until it is known whether it can be deleted."""

    topic: ClassVar[str] = "accounts.account-closing"
    account_id: AccountId
    closing: UUID
    """Of this closing; what ends it names it."""
    at: datetime


class AccountReopened(Event, frozen=True, kw_only=True):
    """It could not be deleted: something is still under way."""

    topic: ClassVar[str] = "accounts.account-reopened"
    account_id: AccountId
    closing: UUID
    at: datetime


class AccountDeleted(Event, frozen=True, kw_only=True):
    """The person is forgotten: the key of all that was ever sealed for them is destroyed in the same append."""

    topic: ClassVar[str] = "accounts.account-deleted"
    account_id: AccountId
    closing: UUID
    at: datetime


class OtherSessionsRevoked(Event, frozen=True, kw_only=True):
    """As AllSessionsRevoked, but for the session `kept`."""

    topic: ClassVar[str] = "accounts.other-sessions-revoked"
    kept: SessionId
    at: datetime


class VerificationRequested(Event, frozen=True, kw_only=True):
    """Whoever reads mail to the address is to say so; the token follows from the challenge. A later one replaces it."""

    topic: ClassVar[str] = "accounts.verification-requested"
    account_id: AccountId
    challenge_id: ChallengeId
    email_claim: ClaimId
    expires_at: datetime
    at: datetime


class EmailVerified(Event, frozen=True, kw_only=True):
    """Of this address alone: a further one is unverified again."""

    topic: ClassVar[str] = "accounts.email-verified"
    email_claim: ClaimId
    at: datetime


class PhoneGiven(Event, frozen=True, kw_only=True):
    """The number to be verified by a one-time password, which follows from the challenge. Replaces an earlier one."""

    topic: ClassVar[str] = "accounts.phone-given"
    account_id: AccountId
    challenge_id: ChallengeId
    phone: Sealed
    """E.164."""
    expires_at: datetime
    at: datetime


class PhoneGuessMissed(Event, frozen=True, kw_only=True):
    """A wrong one-time password."""

    topic: ClassVar[str] = "accounts.phone-guess-missed"
    challenge_id: ChallengeId
    at: datetime


class PhoneVerified(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.phone-verified"
    challenge_id: ChallengeId
    at: datetime


ContactEvent = VerificationRequested | EmailVerified | PhoneGiven | PhoneGuessMissed | PhoneVerified


class PasswordResetRequested(Event, frozen=True, kw_only=True):
    """As VerificationRequested, for a new password."""

    topic: ClassVar[str] = "accounts.password-reset-requested"
    account_id: AccountId
    challenge_id: ChallengeId
    email_claim: ClaimId
    expires_at: datetime
    at: datetime


class PasswordReset(Event, frozen=True, kw_only=True):
    """By who reads the account's mail."""

    topic: ClassVar[str] = "accounts.password-reset"
    challenge_id: ChallengeId
    at: datetime


class PasswordReplaced(Event, frozen=True, kw_only=True):
    """By who knew the one before."""

    topic: ClassVar[str] = "accounts.password-replaced"
    at: datetime


PasswordEvent = PasswordResetRequested | PasswordReset | PasswordReplaced

AccountEvent = (
    AccountRegistered
    | AccountRenamed
    | PromotionsOptedIn
    | PromotionsOptedOut
    | AllSessionsRevoked
    | OtherSessionsRevoked
    | ContactEvent
    | PasswordEvent
    | RoleGranted
    | EmailReplaced
    | AccountClosing
    | AccountReopened
    | AccountDeleted
)


class EmailClaimed(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.email-claimed"
    claim_id: ClaimId
    account_id: AccountId


class EmailReleased(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.email-released"
    account_id: AccountId


EmailClaimEvent = EmailClaimed | EmailReleased


class SessionStarted(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.session-started"
    session_id: SessionId
    account_id: AccountId
    client: str
    """HMAC of what identifies the client's software; says only whether two requests came from the same one."""
    at: datetime
    expires_at: datetime


class SessionRefreshed(Event, frozen=True, kw_only=True):
    """The refresh token of the generation before is spent."""

    topic: ClassVar[str] = "accounts.session-refreshed"
    generation: int
    client: str
    at: datetime
    expires_at: datetime


class RevocationReason(StrEnum):
    LOGOUT = "logout"
    REUSE = "reuse"


class SessionRevoked(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.session-revoked"
    reason: RevocationReason
    at: datetime


SessionEvent = SessionStarted | SessionRefreshed | SessionRevoked
