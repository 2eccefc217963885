"""Logging in, staying logged in, and logging out."""

from datetime import datetime
from typing import ClassVar

from application.access import acting_account, own_account
from application.accounts.results import Done
from application.ports.commands import Command, Result, Touched, touching
from application.ports.side_rows import RefreshToken
from application.ports.work import Work
from domain.accounts.account import ACCOUNTS
from domain.accounts.session import SESSIONS, Session
from domain.shared.actor import ActorKind
from domain.shared.identifiers import AccountId, SessionId
from domain.shared.refusal import AlreadyExists, NotFound


class SessionKept(Result, frozen=True, kw_only=True):
    """`accepted` is False where a spent refresh token was used again; then the session is over."""

    session_id: SessionId
    account_id: AccountId
    generation: int
    accepted: bool = True


class StartSession(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.start-session"
    session_id: SessionId
    account_id: AccountId
    client: str
    token_hash: str
    expires_at: datetime
    checked: int | None = None
    """Generation of the password that was given."""

    def streams(self) -> Touched:
        return (*touching(ACCOUNTS, self.account_id), *touching(SESSIONS, self.session_id))


class RefreshSession(Command, frozen=True, kw_only=True):
    """Presents the token of `generation`; `token_hash` is the hash of the one to be handed out next."""

    name: ClassVar[str] = "accounts.refresh-session"
    session_id: SessionId
    generation: int
    client: str
    token_hash: str
    expires_at: datetime

    def streams(self) -> Touched:
        return touching(SESSIONS, self.session_id)


class EndSession(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.end-session"
    session_id: SessionId

    def streams(self) -> Touched:
        return touching(SESSIONS, self.session_id)


class EndAllSessions(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.end-all-sessions"
    account_id: AccountId

    def streams(self) -> Touched:
        return touching(ACCOUNTS, self.account_id)


def start_session(command: StartSession, work: Work) -> SessionKept:
    """The password was checked before; the first refresh token is generation 0."""
    account = work.get(ACCOUNTS, command.account_id)
    account.require()
    if command.checked is not None:
        account.password.require(command.checked)
    if work.find(SESSIONS, command.session_id) is not None:
        raise AlreadyExists("There is a session with this identifier.")
    started = Session.start(
        session_id=command.session_id,
        account_id=account.id,
        client=command.client,
        at=work.now,
        expires_at=command.expires_at,
    )
    work.record(SESSIONS, command.session_id, started)
    return _handed_out(work, command.session_id, command.token_hash)


def refresh_session(command: RefreshSession, work: Work) -> SessionKept:
    """Answers, not refuses, the reuse of a spent token: that the session is over then must be recorded."""
    session = work.get(SESSIONS, command.session_id)
    account = work.get(ACCOUNTS, session.account_id)
    refreshed = session.refresh(
        generation=command.generation,
        client=command.client,
        valid_from=account.valid_from(session.id),
        at=work.now,
        expires_at=command.expires_at,
    )
    account.require()
    work.record(SESSIONS, session.id, refreshed)
    return _handed_out(work, session.id, command.token_hash)


def end_session(command: EndSession, work: Work) -> Done:
    session = work.get(SESSIONS, command.session_id)
    if work.actor.kind is not ActorKind.SYSTEM and session.account_id != acting_account(work).id:
        raise NotFound("There is no such session.")
    work.record(SESSIONS, session.id, session.revoke(work.now))
    return Done()


def end_all_sessions(command: EndAllSessions, work: Work) -> Done:
    account = own_account(work, command.account_id)
    work.record(ACCOUNTS, account.id, account.revoke_sessions(work.now))
    return Done()


def _handed_out(work: Work, session_id: SessionId, token_hash: str) -> SessionKept:
    """Keeps the hash of the token that is handed out now, unless the session has just ended."""
    session = work.get(SESSIONS, session_id)
    if not session.revoked:
        work.attach(
            RefreshToken(
                token_hash=token_hash,
                session_id=session_id,
                account_id=session.account_id,
                generation=session.generation,
                expires_at=session.expires_at,
            )
        )
    return SessionKept(
        session_id=session_id,
        account_id=session.account_id,
        generation=session.generation,
        accepted=not session.revoked,
    )
