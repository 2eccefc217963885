"""Random histories of logins, their tokens presented in and out of turn, by one client and another."""

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from domain.accounts.events import RevocationReason, SessionEvent, SessionRefreshed, SessionRevoked
from domain.accounts.session import SESSIONS, Session, SessionOver
from domain.shared.identifiers import AccountId, SessionId
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

ACCOUNT = AccountId(UUID(int=1))
WEEK = timedelta(days=7)
CLIENTS = st.sampled_from(["phone", "phone", "phone", "thief"])
BACK = st.sampled_from([0, 0, 0, 0, 1, 1, 1, 2, 3, -1])
"""Generations before the current one; -1 was never handed out."""
PAUSES = st.sampled_from([timedelta(seconds=s) for s in (0, 0, 15, 30, 31)])
LIFETIMES = st.sampled_from([WEEK, WEEK, WEEK, timedelta(seconds=30)])


class SessionMachine(AggregateMachine[Session, SessionEvent]):
    category = SESSIONS

    @initialize(client=CLIENTS)
    def first_login(self, client: str) -> None:
        self.now, self.logins = NOON, 0
        self.log_in(client)

    @rule(client=CLIENTS)
    @precondition(lambda self: self.over())
    def log_in(self, client: str) -> None:
        self.logins += 1
        self.stream = SessionId(UUID(int=self.logins))
        self.valid_from = self.started = self.now
        self.expires = self.now + WEEK
        self.superseded: list[tuple[str, datetime]] = []
        """For each generation but the current one: who asked for its successor, and when."""
        self.ended: RevocationReason | None = None
        self.begin(
            Session.start(
                session_id=self.stream, account_id=ACCOUNT, client=client, at=self.now, expires_at=self.expires
            )
        )

    @property
    def current(self) -> int:
        return len(self.superseded)

    @rule(pause=st.sampled_from([WEEK - timedelta(seconds=1), WEEK]))
    @precondition(lambda self: self.current > 3 and not self.over())
    def a_week_passes(self, pause: timedelta) -> None:
        self.now += pause

    @rule()
    @precondition(lambda self: self.current > 3 and not self.over())
    def all_sessions_of_the_account_are_ended(self) -> None:
        self.valid_from = self.now

    def over(self) -> bool:
        return self.ended is not None or self.now >= self.expires or self.started < self.valid_from

    def tolerated(self, generation: int, client: str) -> bool:
        """Whether a spent token is taken for the retry of a lost answer."""
        by, at = self.superseded[generation]
        return generation == self.current - 1 and by == client and self.now - at <= timedelta(seconds=30)

    @rule(pause=PAUSES, back=BACK, client=CLIENTS, lifetime=LIFETIMES)
    def refresh(self, pause: timedelta, back: int, client: str, lifetime: timedelta) -> None:
        self.now += pause
        generation, now, expires, valid_from = self.current - back, self.now, self.now + lifetime, self.valid_from
        refused = SessionOver if self.over() or not 0 <= generation <= self.current else None
        then: tuple[SessionEvent, ...] = (
            SessionRefreshed(generation=self.current + 1, client=client, at=now, expires_at=expires),
        )
        reused = refused is None and generation < self.current and not self.tolerated(generation, client)
        if reused:
            then = (SessionRevoked(reason=RevocationReason.REUSE, at=now),)
        self.decide(
            lambda session: session.refresh(
                generation=generation, client=client, valid_from=valid_from, at=now, expires_at=expires
            ),
            refused=refused,
            then=then,
        )
        if reused:
            self.ended = RevocationReason.REUSE
        elif refused is None:
            self.superseded.append((client, now))
            self.expires = expires

    @rule()
    @precondition(lambda self: self.current > 3 and not self.over())
    def log_out(self) -> None:
        then = () if self.ended else (SessionRevoked(reason=RevocationReason.LOGOUT, at=self.now),)
        self.decide(lambda session: session.revoke(self.now), refused=None, then=then)
        self.ended = self.ended or RevocationReason.LOGOUT

    @invariant()
    def only_the_latest_token_is_good(self) -> None:
        session = self.state
        assert (session.generation, session.revoked) == (self.current, self.ended)
        assert (session.started_at, session.expires_at) == (self.started, self.expires)


TestSessionMachine = SessionMachine.TestCase
