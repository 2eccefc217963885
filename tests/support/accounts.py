"""Accounts, claims and sessions, built as they come to be."""

from datetime import datetime, timedelta
from uuid import UUID

from domain.accounts.account import ACCOUNTS, Account
from domain.accounts.email_claim import EMAIL_CLAIMS, EmailClaim, claim_email
from domain.accounts.events import Role
from domain.accounts.session import SESSIONS, Session
from domain.shared.identifiers import AccountId, ClaimId, SessionId
from domain.shared.sealed import Sealed
from tests.support.given import after
from tests.support.times import NOON

BUYER = AccountId(UUID(int=0xB1))
SELLER = AccountId(UUID(int=0x51))
RIVAL = AccountId(UUID(int=0x5A))
"""Sells as well."""
ADMIN = AccountId(UUID(int=0xAD))
STRANGER = AccountId(UUID(int=0x99))
CLAIM = ClaimId(UUID(int=0xC1))
SESSION = SessionId(UUID(int=0x5E))
WEEK = timedelta(days=7)
PHONE, THIEF = "phone", "thief"


def sealed(person: AccountId, text: str) -> Sealed:
    """Stands for the text; what is in the box is nobody's business here."""
    return Sealed(person=person, box=text)


def an_account(account_id: AccountId = BUYER, *, role: Role = Role.BUYER) -> Account:
    registered = Account.register(
        account_id=account_id,
        email=sealed(account_id, "email"),
        email_claim=CLAIM,
        name=sealed(account_id, "name"),
        role=role,
        appointed=True,
        at=NOON,
    )
    return after(ACCOUNTS, registered)


def an_email_claimed_by(account_id: AccountId) -> EmailClaim:
    return after(EMAIL_CLAIMS, claim_email(None, claim_id=CLAIM, account_id=account_id))


def a_released_email(account_id: AccountId) -> EmailClaim:
    claim = an_email_claimed_by(account_id)
    return after(EMAIL_CLAIMS, claim.release(account_id), claim)


def a_session(client: str = PHONE) -> Session:
    started = Session.start(session_id=SESSION, account_id=BUYER, client=client, at=NOON, expires_at=NOON + WEEK)
    return after(SESSIONS, started)


def refreshed(session: Session, *, at: datetime, client: str = PHONE) -> Session:
    """The session after its latest token was spent in turn."""
    events = session.refresh(generation=session.generation, client=client, valid_from=NOON, at=at, expires_at=at + WEEK)
    return after(SESSIONS, events, session)
