"""Commands on accounts and sessions."""

from datetime import datetime
from typing import ClassVar

from application.ports.commands import Command, Result
from domain.accounts.events import Role
from domain.shared.identifiers import AccountId, ClaimId, SessionId
from domain.shared.sealed import Sealed


class AccountKept(Result, frozen=True, kw_only=True):
    """The account as of `version`; its personal data is read from the log when the answer is rendered."""

    account_id: AccountId
    version: int


class SessionKept(Result, frozen=True, kw_only=True):
    """`accepted` is False where a spent refresh token was used again; then the session is over."""

    session_id: SessionId
    account_id: AccountId
    generation: int
    accepted: bool = True


class Done(Result, frozen=True, kw_only=True):
    """Nothing to add."""


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


class EditProfile(Command, frozen=True, kw_only=True):
    """The actor's own profile; None leaves a field as it is."""

    name: ClassVar[str] = "accounts.edit-profile"
    account_id: AccountId
    full_name: Sealed | None = None
    promotions_opt_in: bool | None = None
    expected_version: int | None = None


class StartSession(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.start-session"
    session_id: SessionId
    account_id: AccountId
    client: str
    token_hash: str
    expires_at: datetime


class RefreshSession(Command, frozen=True, kw_only=True):
    """Presents the token of `generation`; `token_hash` is the hash of the one to be handed out next."""

    name: ClassVar[str] = "accounts.refresh-session"
    session_id: SessionId
    generation: int
    client: str
    token_hash: str
    expires_at: datetime


class EndSession(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.end-session"
    session_id: SessionId


class EndAllSessions(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.end-all-sessions"
    account_id: AccountId
