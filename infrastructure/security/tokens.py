"""Access tokens as signed JWTs; refresh tokens, mailed tokens and one-time passwords as keyed digests."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from application.ports.clock import Clock
from application.ports.security import AccessClaims, RefreshSecret, TokenRejected
from domain.shared.identifiers import AccountId, ChallengeId, SessionId
from infrastructure.security.keys import derive_key

ALGORITHM = "HS256"
ISSUER = "tillstream"
ACCESS_LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(days=7)
LEEWAY = timedelta(seconds=5)
REMEMBERED = 10_000
OTP_DIGITS = 6
API_KEY_PREFIX = "till_"
"""By which scanners for leaked secrets know one."""


class JwtTokens:
    """HS256 with the key named by `kid`; tokens signed with a former secret are accepted until they expire."""

    def __init__(self, *, secret: bytes, master_key: bytes, clock: Clock, former: Sequence[bytes] = ()) -> None:
        signing = [derive_key(each, "access-token") for each in (secret, *former)]
        self._keys = {_kid(key): key for key in signing}
        self._kid = _kid(signing[0])
        self._refresh_key = derive_key(master_key, "refresh-token")
        self._mailed_key = derive_key(master_key, "mailed-token")
        self._unsubscribe_key = derive_key(master_key, "unsubscribe")
        self._otp_key = derive_key(master_key, "one-time-password")
        self._api_key_key = derive_key(master_key, "api-key")
        self._clock = clock
        self._verified: dict[str, AccessClaims] = {}

    @property
    def access_seconds(self) -> int:
        return int(ACCESS_LIFE.total_seconds())

    def issue_access(self, *, account: AccountId, session: SessionId, at: datetime) -> str:
        issued = _micros(at)
        claims = {
            "iss": ISSUER,
            "sub": str(account),
            "sid": str(session),
            "iat": issued // 1_000_000,
            "exp": issued // 1_000_000 + self.access_seconds,
            "iau": issued,
        }
        return jwt.encode(claims, self._keys[self._kid], algorithm=ALGORITHM, headers={"kid": self._kid})

    def verify_access(self, token: str) -> AccessClaims:
        claims = self._verified.get(token)
        if claims is None:
            claims = self._check(token)
            if len(self._verified) >= REMEMBERED:
                self._verified.clear()
            self._verified[token] = claims
        if self._clock.now() >= claims.expires_at + LEEWAY:
            self._verified.pop(token, None)
            raise TokenRejected("The access token has expired.")
        return claims

    def _check(self, token: str) -> AccessClaims:
        try:
            key = self._keys[str(jwt.get_unverified_header(token).get("kid"))]
            # Time is checked by the caller against the clock of the shop, not that of the machine.
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                options={
                    "require": ["iss", "sub", "sid", "exp", "iau"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            return AccessClaims(
                account=AccountId(UUID(claims["sub"])),
                session=SessionId(UUID(claims["sid"])),
                issued_at=datetime.fromtimestamp(0, UTC) + timedelta(microseconds=claims["iau"]),
                expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            raise TokenRejected("The access token is not valid.") from error

    def refresh_secret(self, command_id: UUID, *, at: datetime) -> RefreshSecret:
        digest = hmac.digest(self._refresh_key, command_id.bytes, hashlib.sha512)
        token = base64.urlsafe_b64encode(digest[:48]).decode()
        return RefreshSecret(token=token, token_hash=self.hash_refresh(token), expires_at=at + REFRESH_LIFE)

    def hash_refresh(self, token: str) -> str:
        return _hash(token)

    def mailed_token(self, challenge: ChallengeId) -> str:
        digest = hmac.digest(self._mailed_key, challenge.bytes, hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def hash_mailed(self, token: str) -> str:
        return _hash(token)

    def unsubscribe_token(self, account: AccountId) -> str:
        """The account and a keyed digest of it: nothing is stored, and the link in an old mail still works."""
        digest = hmac.digest(self._unsubscribe_key, account.bytes, hashlib.sha256)
        return base64.urlsafe_b64encode(account.bytes + digest).decode()

    def unsubscribing(self, token: str) -> AccountId:
        try:
            account = AccountId(UUID(bytes=base64.urlsafe_b64decode(token)[:16]))
        except ValueError:
            raise TokenRejected("The token is not valid.") from None
        if not hmac.compare_digest(self.unsubscribe_token(account).encode(), token.encode()):
            raise TokenRejected("The token is not valid.")
        return account

    def one_time_password(self, challenge: ChallengeId) -> str:
        digest = hmac.digest(self._otp_key, challenge.bytes, hashlib.sha256)
        return f"{int.from_bytes(digest) % 10**OTP_DIGITS:0{OTP_DIGITS}}"

    def api_key(self, command_id: UUID) -> str:
        digest = hmac.digest(self._api_key_key, command_id.bytes, hashlib.sha256)
        return API_KEY_PREFIX + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def hash_api_key(self, secret: str) -> str:
        return _hash(secret)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _kid(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:16]


def _micros(at: datetime) -> int:
    return (at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
