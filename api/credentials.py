"""The steps that registering, logging in and refreshing have in common."""

from datetime import datetime

from api.answers import View
from api.call import Call
from api.problems import invalid
from application.accounts.sessions import SessionKept
from application.ports.security import NotAnEmail, RefreshSecret
from domain.shared.identifiers import ChallengeId, ClaimId

SCHEME = "Bearer"
"""How a client presents its access token."""


class TokensView(View, frozen=True, kw_only=True):
    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    """Seconds."""


def claim_of(call: Call, email: str) -> ClaimId:
    """The stream that claims the address; raises a Problem that points at the field."""
    emails = call.services.emails
    try:
        return emails.claim_of(emails.normalise(email))
    except NotAnEmail as error:
        raise invalid("/email", str(error)) from error


def client_of(call: Call) -> str:
    """Says only whether two requests came from the same software."""
    agent = call.given.get(b"user-agent", b"")
    return call.services.fingerprints.of(b"client", agent, call.address.encode()).hex()[:32]


def token_hash_of(call: Call, challenge: ChallengeId) -> str:
    """What is kept of the token that will be mailed."""
    tokens = call.services.tokens
    return tokens.hash_mailed(tokens.mailed_token(challenge))


def tokens_view(call: Call, kept: SessionKept, secret: RefreshSecret, *, at: datetime) -> TokensView:
    """The same for a repeated request: both tokens follow from the command and when it was executed."""
    tokens = call.services.tokens
    return TokensView(
        access_token=tokens.issue_access(account=kept.account_id, session=kept.session_id, at=at),
        refresh_token=secret.token,
        token_type=SCHEME,
        expires_in=tokens.access_seconds,
    )
