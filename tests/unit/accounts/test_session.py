"""Refresh tokens are spent one after another; reuse ends the session, a retry does not."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from domain.accounts.events import RevocationReason, SessionEvent, SessionRefreshed, SessionRevoked
from domain.accounts.session import SESSIONS, Session, SessionOver
from tests.support.accounts import PHONE, THIEF, WEEK, a_session, refreshed
from tests.support.given import after, given
from tests.support.times import NOON

SOON = NOON + timedelta(hours=1)


def refreshing(
    generation: int, *, client: str = PHONE, at: datetime = SOON, valid_from: datetime = NOON
) -> Callable[[Session], Sequence[SessionEvent]]:
    return lambda session: session.refresh(
        generation=generation, client=client, valid_from=valid_from, at=at, expires_at=at + WEEK
    )


def rotated(generation: int, *, at: datetime = SOON, client: str = PHONE) -> SessionRefreshed:
    return SessionRefreshed(generation=generation, client=client, at=at, expires_at=at + WEEK)


def test_the_latest_token_is_spent_for_the_next() -> None:
    given(a_session()).when(refreshing(0)).then(rotated(1))
    given(refreshed(a_session(), at=SOON)).when(refreshing(1)).then(rotated(2))


def test_the_latest_token_works_from_another_client() -> None:
    given(a_session()).when(refreshing(0, client=THIEF)).then(rotated(1, client=THIEF))


def test_a_spent_token_used_again_ends_the_session() -> None:
    later = SOON + timedelta(seconds=31)
    given(refreshed(a_session(), at=SOON)).when(refreshing(0, at=later)).then(
        SessionRevoked(reason=RevocationReason.REUSE, at=later)
    )


def test_a_retry_within_30_seconds_from_the_same_client_rotates_again() -> None:
    later = SOON + timedelta(seconds=30)
    given(refreshed(a_session(), at=SOON)).when(refreshing(0, at=later)).then(rotated(2, at=later))


def test_a_retry_from_another_client_ends_the_session() -> None:
    given(refreshed(a_session(), at=SOON)).when(refreshing(0, client=THIEF)).then(
        SessionRevoked(reason=RevocationReason.REUSE, at=SOON)
    )


def test_only_the_token_spent_last_may_be_retried() -> None:
    twice = refreshed(refreshed(a_session(), at=SOON), at=SOON)
    given(twice).when(refreshing(0)).then(SessionRevoked(reason=RevocationReason.REUSE, at=SOON))
    given(twice).when(refreshing(1)).then(rotated(3))


def test_a_token_that_was_never_handed_out_is_refused() -> None:
    given(a_session()).when(refreshing(1)).refused(SessionOver)
    given(a_session()).when(refreshing(-1)).refused(SessionOver)


def test_a_session_expires() -> None:
    given(a_session()).when(refreshing(0, at=NOON + WEEK)).refused(SessionOver)
    just_before = NOON + WEEK - timedelta(microseconds=1)
    given(a_session()).when(refreshing(0, at=just_before)).then(rotated(1, at=just_before))


def test_a_revoked_session_is_over_for_every_token() -> None:
    revoked = after(SESSIONS, a_session().revoke(NOON), a_session())
    given(revoked).when(refreshing(0)).refused(SessionOver)


def test_sessions_from_before_the_account_ended_all_are_over() -> None:
    given(a_session()).when(refreshing(0, valid_from=NOON + timedelta(seconds=1))).refused(SessionOver)


def test_refreshing_does_not_make_a_session_younger() -> None:
    session = refreshed(a_session(), at=SOON)
    given(session).when(refreshing(1, valid_from=NOON + timedelta(seconds=1))).refused(SessionOver)


def test_logging_out_once_is_enough() -> None:
    logout = SessionRevoked(reason=RevocationReason.LOGOUT, at=SOON)
    given(a_session()).when(lambda session: session.revoke(SOON)).then(logout)
    given(after(SESSIONS, (logout,), a_session())).when(lambda session: session.revoke(SOON)).then()
