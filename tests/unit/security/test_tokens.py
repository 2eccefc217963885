"""Access tokens vouch for an account for a quarter of an hour, and nobody else can make one."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest

from application.ports.security import TokenRejected
from domain.shared.identifiers import AccountId, SessionId
from infrastructure.security.keys import derive_key
from infrastructure.security.tokens import JwtTokens

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ACCOUNT = AccountId(UUID(int=1))
SESSION = SessionId(UUID(int=2))
SECRET = b"s" * 32


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time


def tokens(clock: Hands, secret: bytes = SECRET, *, former: tuple[bytes, ...] = ()) -> JwtTokens:
    return JwtTokens(secret=secret, master_key=b"m" * 32, clock=clock, former=former)


def forged(**changes: object) -> str:
    at = int(NOON.timestamp())
    claims = {
        "iss": "tillstream",
        "sub": str(ACCOUNT),
        "sid": str(SESSION),
        "iat": at,
        "exp": at + 900,
        "iau": at * 1_000_000,
    }
    key = derive_key(SECRET, "access-token")
    kid = jwt.get_unverified_header(tokens(Hands()).issue_access(account=ACCOUNT, session=SESSION, at=NOON))["kid"]
    return jwt.encode(claims | changes, key, algorithm="HS256", headers={"kid": kid})


def test_a_token_names_account_session_and_times() -> None:
    subject = tokens(Hands())
    claims = subject.verify_access(subject.issue_access(account=ACCOUNT, session=SESSION, at=NOON))
    assert (claims.account, claims.session) == (ACCOUNT, SESSION)
    assert (claims.issued_at, claims.expires_at) == (NOON, NOON + timedelta(minutes=15))


def test_the_same_arguments_give_the_same_token() -> None:
    issued = [tokens(Hands()).issue_access(account=ACCOUNT, session=SESSION, at=NOON) for _ in range(2)]
    assert issued[0] == issued[1]


def test_a_token_expires_after_a_quarter_of_an_hour_even_when_it_was_verified_before() -> None:
    clock = Hands()
    subject = tokens(clock)
    token = subject.issue_access(account=ACCOUNT, session=SESSION, at=NOON)
    clock.time = NOON + timedelta(minutes=15, seconds=4)
    assert subject.verify_access(token).account == ACCOUNT
    clock.time = NOON + timedelta(minutes=15, seconds=5)
    with pytest.raises(TokenRejected, match="expired"):
        subject.verify_access(token)


def test_a_token_of_another_secret_is_rejected() -> None:
    token = tokens(Hands(), b"t" * 32).issue_access(account=ACCOUNT, session=SESSION, at=NOON)
    with pytest.raises(TokenRejected):
        tokens(Hands()).verify_access(token)


def test_a_token_of_a_former_secret_is_accepted() -> None:
    token = tokens(Hands(), b"t" * 32).issue_access(account=ACCOUNT, session=SESSION, at=NOON)
    assert tokens(Hands(), former=(b"t" * 32,)).verify_access(token).account == ACCOUNT


def test_the_algorithm_is_pinned() -> None:
    good = tokens(Hands()).issue_access(account=ACCOUNT, session=SESSION, at=NOON)
    header = jwt.get_unverified_header(good)
    unsigned = base64.urlsafe_b64encode(json.dumps(header | {"alg": "none"}).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenRejected):
        tokens(Hands()).verify_access(f"{unsigned}.{good.split('.')[1]}.")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "." * 5, "\x00", "e30.e30.e30"])
def test_what_is_no_token_is_rejected(token: str) -> None:
    with pytest.raises(TokenRejected):
        tokens(Hands()).verify_access(token)


@pytest.mark.parametrize(
    "changes", [{"sub": "nobody"}, {"sub": None}, {"sid": 5}, {"iau": "now"}, {"exp": 10**30}, {"iss": "elsewhere"}]
)
def test_a_signed_token_with_strange_claims_is_rejected(changes: dict[str, object]) -> None:
    assert tokens(Hands()).verify_access(forged()).account == ACCOUNT
    with pytest.raises(TokenRejected):
        tokens(Hands()).verify_access(forged(**changes))


def test_refresh_tokens_are_the_same_for_a_command_and_differ_between_commands() -> None:
    subject = tokens(Hands())
    first, again = (subject.refresh_secret(UUID(int=7), at=NOON) for _ in range(2))
    other = subject.refresh_secret(UUID(int=8), at=NOON)
    assert first == again
    assert first.token != other.token
    assert first.token_hash == subject.hash_refresh(first.token)
    assert first.token not in first.token_hash
    assert first.expires_at == NOON + timedelta(days=7)
