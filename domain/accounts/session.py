"""One login, kept alive by refresh tokens that are spent one after another."""

from datetime import datetime, timedelta
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.accounts.events import RevocationReason, SessionEvent, SessionRefreshed, SessionRevoked, SessionStarted
from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, SessionId
from domain.shared.refusal import Refusal

RETRY_WINDOW = timedelta(seconds=30)
"""How long after a rotation the client that asked for it may present the token it spent: its answer was lost."""


class SessionOver(Refusal):
    """The session was revoked, has expired, or never handed out such a token."""

    code = "session-over"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A family of refresh tokens, of which the latest generation is good, and each is spent when the next is born."""

    id: SessionId
    account_id: AccountId
    client: str
    """Who asked for the current generation."""
    generation: int
    started_at: datetime
    refreshed_at: datetime
    """When the current generation was born."""
    expires_at: datetime
    revoked: RevocationReason | None

    @staticmethod
    def start(
        *, session_id: SessionId, account_id: AccountId, client: str, at: datetime, expires_at: datetime
    ) -> tuple[SessionEvent, ...]:
        """Hands out generation 0."""
        started = SessionStarted(
            session_id=session_id, account_id=account_id, client=client, at=at, expires_at=expires_at
        )
        return (started,)

    def refresh(
        self, *, generation: int, client: str, valid_from: datetime, at: datetime, expires_at: datetime
    ) -> tuple[SessionEvent, ...]:
        """Spends the token of `generation` for the next one. A token spent before ends the session instead.

        `valid_from` is the account's: sessions started before it are over.
        """
        self.require_alive(valid_from, at)
        if not 0 <= generation <= self.generation:
            raise SessionOver("The session never handed out this token.")
        if generation < self.generation and not self._retries(generation, client, at):
            return (SessionRevoked(reason=RevocationReason.REUSE, at=at),)
        return (SessionRefreshed(generation=self.generation + 1, client=client, at=at, expires_at=expires_at),)

    def revoke(self, at: datetime) -> tuple[SessionEvent, ...]:
        """Ends it at its owner's wish; once is enough."""
        return () if self.revoked else (SessionRevoked(reason=RevocationReason.LOGOUT, at=at),)

    def require_owner(self, account_id: AccountId) -> None:
        """Raises SessionOver for anybody else's."""
        if self.account_id != account_id:
            raise SessionOver("This account has no such session.")

    def require_alive(self, valid_from: datetime, at: datetime) -> None:
        """Raises SessionOver."""
        if self.revoked or self.started_at < valid_from:
            raise SessionOver("The session was ended.")
        if at >= self.expires_at:
            raise SessionOver("The session has expired.")

    def _retries(self, generation: int, client: str, at: datetime) -> bool:
        """Whether it is the token spent last, presented again by who spent it, soon enough."""
        return generation == self.generation - 1 and client == self.client and at - self.refreshed_at <= RETRY_WINDOW


def evolve(session: Session | None, event: SessionEvent) -> Session:
    """The session after the event."""
    match event:
        case SessionStarted():
            return Session(
                id=event.session_id,
                account_id=event.account_id,
                client=event.client,
                generation=0,
                started_at=event.at,
                refreshed_at=event.at,
                expires_at=event.expires_at,
                revoked=None,
            )
        case _ if session is None:
            raise ValueError(f"{event.topic} came first")
        case SessionRefreshed(generation=generation, client=client, at=at, expires_at=expires_at):
            return replace(session, generation=generation, client=client, refreshed_at=at, expires_at=expires_at)
        case SessionRevoked(reason=reason):
            return replace(session, revoked=reason)
        case _:
            assert_never(event)


SESSIONS: Category[Session, SessionEvent] = Category(
    name="session",
    family=Family.CUSTOMERS,
    events=(SessionStarted, SessionRefreshed, SessionRevoked),
    state=Session,
    evolve=evolve,
    key=lambda session: session.account_id,
)
