"""A mailed token: who presents it reads the mail of the address that it was sent to."""

from datetime import datetime

import msgspec

from domain.shared.identifiers import ChallengeId, ClaimId
from domain.shared.refusal import Refusal


class TokenNotValid(Refusal):
    """The token was never sent, was used, has expired, or was sent to an address that is not the account's any more."""

    code = "token-not-valid"


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """The latest of its kind; those before are void."""

    id: ChallengeId
    email_claim: ClaimId
    """The address that the token was sent to."""
    expires_at: datetime


def require_met(
    challenge: Challenge | None, *, presented: ChallengeId, email_claim: ClaimId, at: datetime
) -> Challenge:
    """The challenge that is met by presenting its token. Raises TokenNotValid, in the same words for any reason."""
    if (
        challenge is None
        or challenge.id != presented
        or challenge.email_claim != email_claim
        or at >= challenge.expires_at
    ):
        raise TokenNotValid("The token is not valid, or not any more.")
    return challenge
