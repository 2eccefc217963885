"""An email address belongs to one account at a time: the claim on it, whose id is derived from the address."""

from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.accounts.events import EmailClaimed, EmailClaimEvent, EmailReleased
from domain.shared.category import Category
from domain.shared.identifiers import AccountId, ClaimId
from domain.shared.refusal import Refusal


class EmailTaken(Refusal):
    """Another account has this email address."""

    code = "email-taken"


class EmailNotHeld(Refusal):
    """Only who holds a claim can release it."""

    code = "email-not-held"


class EmailClaim(msgspec.Struct, frozen=True, kw_only=True):
    """One address: claimed by an account, or free again."""

    id: ClaimId
    holder: AccountId | None

    def release(self, account_id: AccountId) -> tuple[EmailClaimEvent, ...]:
        if self.holder != account_id:
            raise EmailNotHeld("The email address does not belong to this account.")
        return (EmailReleased(account_id=account_id),)


def claim_email(current: EmailClaim | None, *, claim_id: ClaimId, account_id: AccountId) -> tuple[EmailClaimEvent, ...]:
    """Takes a free address; `current` is None where nobody ever had it."""
    holder = current.holder if current else None
    if holder == account_id:
        return ()
    if holder is not None:
        raise EmailTaken("There is an account with this email address.")
    return (EmailClaimed(claim_id=claim_id, account_id=account_id),)


def evolve(claim: EmailClaim | None, event: EmailClaimEvent) -> EmailClaim:
    """The claim after the event."""
    match event:
        case EmailClaimed(claim_id=claim_id, account_id=account_id):
            return EmailClaim(id=claim_id, holder=account_id)
        case _ if claim is None:
            raise ValueError(f"{event.topic} came first")
        case EmailReleased():
            return replace(claim, holder=None)
        case _:
            assert_never(event)


EMAIL_CLAIMS: Category[EmailClaim, EmailClaimEvent] = Category(
    name="email-claim",
    family=None,
    events=(EmailClaimed, EmailReleased),
    state=EmailClaim,
    evolve=evolve,
    key=lambda claim: claim.id,
)
