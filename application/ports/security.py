"""What the API needs to know people by, to keep their secrets, and to recognise a request that comes again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from domain.accounts.account import AccountStatus
from domain.accounts.events import Role
from domain.shared.identifiers import (
    AccountId,
    ApiKeyId,
    ChallengeId,
    ClaimId,
    SessionId,
)
from domain.shared.sealed import Sealed


class TokenRejected(Exception):
    """Not a token of ours, or one that has expired; the message may be shown."""


class NotAnEmail(Exception):
    """The text is no email address that mail could be sent to."""


class PasswordsBusy(Exception):
    """More passwords wait to be hashed than is reasonable; nothing was done."""


class AccessClaims(msgspec.Struct, frozen=True, kw_only=True):
    """What an access token vouches for. Role and status are not in it: they are taken from the account."""

    account: AccountId
    session: SessionId
    issued_at: datetime
    expires_at: datetime


class RefreshSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A refresh token, shown once, and the hash that is kept of it."""

    token: str
    token_hash: str
    expires_at: datetime


class Tokens(Protocol):
    @property
    def access_seconds(self) -> int:
        """How long an access token lives."""

    def issue_access(self, *, account: AccountId, session: SessionId, at: datetime) -> str:
        """The same token for the same arguments."""

    def verify_access(self, token: str) -> AccessClaims:
        """Raises TokenRejected."""

    def refresh_secret(self, command_id: UUID, *, at: datetime) -> RefreshSecret:
        """Unguessable, and the same for the same command, so that a repeated request gets the same answer."""

    def hash_refresh(self, token: str) -> str: ...

    def mailed_token(self, challenge: ChallengeId) -> str:
        """Unguessable, and the same for the same challenge: who sends the mail needs to be told the challenge alone."""

    def hash_mailed(self, token: str) -> str: ...

    def unsubscribe_token(self, account: AccountId) -> str:
        """Unguessable, the same for the same account, and good for as long as there is mail that carries it."""

    def unsubscribing(self, token: str) -> AccountId:
        """Whose mail it was in. Raises TokenRejected."""

    def one_time_password(self, challenge: ChallengeId) -> str:
        """Six digits, the same for the same challenge."""

    def api_key(self, command_id: UUID) -> str:
        """Unguessable, and the same for the same command."""

    def hash_api_key(self, secret: str) -> str: ...


class Passwords(Protocol):
    async def hash(self, password: str) -> str:
        """Raises PasswordsBusy."""

    async def verify(self, password: str, kept: str | None) -> bool:
        """As slow without a kept hash as with one. Raises PasswordsBusy."""


class IssuedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A person's new key, and its wrapped form, which is stored."""

    key: bytes
    wrapped: str


class Vault(Protocol):
    """Seals personal data and opens it, for as long as the person's key exists."""

    def issue_key(self, person: UUID) -> IssuedKey: ...

    async def key_of(self, person: UUID) -> bytes | None:
        """None where the person is forgotten."""

    def seal(self, *, person: UUID, key: bytes, text: str) -> Sealed: ...

    async def open(self, sealed: Sealed) -> str | None:
        """None where the person is forgotten."""

    async def open_all(self, sealed: Sequence[Sealed]) -> tuple[str | None, ...]:
        """In the order asked; at most one query."""

    def forget(self, person: UUID) -> None:
        """The key was destroyed: nothing is opened with it any more."""


class Emails(Protocol):
    def normalise(self, email: str) -> str:
        """Lower case, international domains in ASCII: equal for addresses that are the same. Raises NotAnEmail."""

    def claim_of(self, normalised: str) -> ClaimId:
        """The stream that claims the address; says nothing about it without the key."""


class Names(Protocol):
    def words(self, text: str) -> tuple[str, ...]:
        """Keyed digests of the words of a name; equal for words that read alike. Without the key they say nothing."""


class Fingerprints(Protocol):
    def of(self, *parts: bytes) -> bytes:
        """A keyed digest of what was asked: equal for equal requests, and it tells nobody what they were."""


class Login(msgspec.Struct, frozen=True, kw_only=True):
    account: AccountId
    password_hash: str
    generation: int
    """Which of the account's passwords it is of."""


class PresentedToken(msgspec.Struct, frozen=True, kw_only=True):
    """A refresh token that was handed out once."""

    session: SessionId
    generation: int
    expires_at: datetime


class PresentedChallenge(msgspec.Struct, frozen=True, kw_only=True):
    """What presenting a mailed token would meet."""

    account: AccountId
    challenge: ChallengeId


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An account as its stream has it now."""

    account: AccountId
    version: int
    role: Role
    status: AccountStatus
    email: Sealed
    name: Sealed
    email_claim: ClaimId
    email_verified: bool
    phone: Sealed | None
    phone_verified: bool
    promotions_opt_in: bool
    verification: ChallengeId | None
    """What is to be proven by mail, if anything is."""
    password_reset: ChallengeId | None
    otp: ChallengeId | None
    """What is to be proven by a one-time password, if anything is."""
    sessions_valid_from: datetime | None
    kept_session: SessionId | None
    """Valid though it was started before."""
    created_at: datetime
    updated_at: datetime


class PresentedKey(msgspec.Struct, frozen=True, kw_only=True):
    """An API key that is good, and who issued it."""

    key: ApiKeyId
    issuer: AccountId


class Directory(Protocol):
    """Who is who, read from the log and the side tables; never behind them."""

    async def login_of(self, claim: ClaimId) -> Login | None: ...

    async def holder_of(self, claim: ClaimId) -> AccountId | None:
        """Whose email address it is."""

    async def password_of(self, account: AccountId) -> Login | None: ...

    async def challenged(self, token_hash: str) -> PresentedChallenge | None:
        """None for the hash of a token that was never mailed."""

    async def presented(self, token_hash: str) -> PresentedToken | None: ...

    async def key_of(self, secret_hash: str) -> PresentedKey | None:
        """Never from memory: a revoked key is unknown at once."""

    async def last_written(self, account: AccountId) -> Mapping[str, int]:
        """Where the account's last command went, in whatever process: the last position per slot."""

    def recent(self, account: AccountId) -> Standing | None:
        """As it stood less than a second ago; None where that is not known."""

    async def standings(self, accounts: Sequence[AccountId]) -> Mapping[AccountId, Standing]:
        """As they stand now, those that exist."""

    async def as_of(self, account: AccountId, version: int) -> Standing | None:
        """As it stood at an earlier version, so that a repeated request gets the answer it got."""
