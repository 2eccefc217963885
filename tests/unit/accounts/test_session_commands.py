"""Sessions as the API asks for them: a token's hash is kept exactly when the token is handed out."""

from datetime import timedelta
from uuid import UUID

import pytest

from application.accounts.sessions import (
    EndAllSessions,
    EndSession,
    RefreshSession,
    SessionKept,
    StartSession,
    end_all_sessions,
    end_session,
    refresh_session,
    start_session,
)
from application.ports.side_rows import RefreshToken
from domain.accounts.events import RevocationReason
from domain.accounts.session import SESSIONS, SessionOver
from domain.shared.identifiers import AccountId, SessionId
from domain.shared.refusal import AlreadyExists, Forbidden, NotFound
from tests.support.accounts import ADMIN, BUYER, PHONE, SESSION, STRANGER, WEEK
from tests.support.shop import FakeShop
from tests.support.times import NOON

LOGIN = StartSession(session_id=SESSION, account_id=BUYER, client=PHONE, token_hash="first", expires_at=NOON + WEEK)


def kept(generation: int, *, accepted: bool = True) -> SessionKept:
    return SessionKept(session_id=SESSION, account_id=BUYER, generation=generation, accepted=accepted)


def token(token_hash: str, generation: int, *, days: int = 7) -> RefreshToken:
    return RefreshToken(
        token_hash=token_hash,
        session_id=SESSION,
        account_id=BUYER,
        generation=generation,
        expires_at=NOON + timedelta(days=days),
    )


def refresh(shop: FakeShop, generation: int, *, client: str = PHONE) -> SessionKept:
    command = RefreshSession(
        session_id=SESSION,
        generation=generation,
        client=client,
        token_hash=f"after {generation}",
        expires_at=shop.log.now + WEEK,
    )
    return shop.ask_anonymously(lambda work: refresh_session(command, work))


@pytest.fixture
def shop() -> FakeShop:
    """The buyer has just logged in."""
    shop = FakeShop()
    assert shop.ask_anonymously(lambda work: start_session(LOGIN, work)) == kept(0)
    return shop


def tokens(shop: FakeShop) -> list[RefreshToken]:
    return [row for row in shop.log.rows if isinstance(row, RefreshToken)]


def test_a_login_hands_out_the_first_token(shop: FakeShop) -> None:
    assert tokens(shop) == [token("first", 0)]
    with pytest.raises(AlreadyExists):
        shop.ask_anonymously(lambda work: start_session(LOGIN, work))


def test_nobody_logs_in_to_an_account_that_is_not_there(shop: FakeShop) -> None:
    login = StartSession(
        session_id=SessionId(UUID(int=2)),
        account_id=AccountId(UUID(int=404)),
        client=PHONE,
        token_hash="first",
        expires_at=NOON + WEEK,
    )
    with pytest.raises(NotFound):
        shop.ask_anonymously(lambda work: start_session(login, work))


def test_a_refresh_hands_out_the_next_token(shop: FakeShop) -> None:
    shop.log.now = NOON + timedelta(days=1)
    assert refresh(shop, 0) == kept(1)
    assert tokens(shop) == [token("first", 0), token("after 0", 1, days=8)]


def test_reuse_is_answered_hands_out_nothing_and_ends_the_session(shop: FakeShop) -> None:
    refresh(shop, 0)
    assert refresh(shop, 0, client="thief") == kept(1, accepted=False)
    assert len(tokens(shop)) == 2
    assert shop.log.state(SESSIONS, SESSION).revoked is RevocationReason.REUSE
    with pytest.raises(SessionOver):
        refresh(shop, 1)


def test_a_lost_answer_may_be_asked_for_again(shop: FakeShop) -> None:
    refresh(shop, 0)
    assert refresh(shop, 0) == kept(2)
    assert refresh(shop, 2) == kept(3)


def test_a_logout_ends_the_session(shop: FakeShop) -> None:
    command = EndSession(session_id=SESSION)
    with pytest.raises(NotFound):
        shop.ask(lambda work: end_session(command, work), by=STRANGER)
    with pytest.raises(Forbidden):
        shop.ask_anonymously(lambda work: end_session(command, work))
    shop.ask(lambda work: end_session(command, work), by=BUYER)
    with pytest.raises(SessionOver):
        refresh(shop, 0)


@pytest.mark.parametrize("by", [BUYER, ADMIN])
def test_logging_out_everywhere_ends_every_session(shop: FakeShop, by: AccountId) -> None:
    shop.log.now = NOON + timedelta(seconds=1)
    with pytest.raises(NotFound):
        shop.ask(lambda work: end_all_sessions(EndAllSessions(account_id=BUYER), work), by=STRANGER)
    shop.ask(lambda work: end_all_sessions(EndAllSessions(account_id=BUYER), work), by=by)
    with pytest.raises(SessionOver):
        refresh(shop, 0)


def test_a_login_after_that_is_good(shop: FakeShop) -> None:
    shop.ask(lambda work: end_all_sessions(EndAllSessions(account_id=BUYER), work), by=BUYER)
    assert refresh(shop, 0) == kept(1), "started at the very instant, so not before it"
