"""How an account is reached, and which of that is proven."""

from datetime import datetime, timedelta
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.accounts.challenge import Challenge, require_met
from domain.accounts.events import (
    ContactEvent,
    EmailVerified,
    PhoneGiven,
    PhoneGuessMissed,
    PhoneVerified,
    VerificationRequested,
)
from domain.shared.identifiers import AccountId, ChallengeId, ClaimId
from domain.shared.refusal import Refusal
from domain.shared.sealed import Sealed

VERIFICATION_LIFE = timedelta(hours=24)
OTP_LIFE = timedelta(minutes=10)
MAX_GUESSES = 5


class OtpNotValid(Refusal):
    """No one-time password is awaited: none was sent, it was used, has expired, or was guessed at too often."""

    code = "otp-not-valid"


class OtpWrong(Refusal):
    """The one-time password is another; the guess has counted."""

    code = "otp-wrong"


class Otp(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time password that is awaited."""

    id: ChallengeId
    expires_at: datetime
    missed: int
    """Wrong guesses; at MAX_GUESSES even the right one comes too late."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """An email address is proven by its claim, so that a changed address is unproven by itself."""

    verification: Challenge | None = None
    verified: ClaimId | None = None
    """The address that was proven last."""
    phone: Sealed | None = None
    phone_verified: bool = False
    otp: Otp | None = None

    def ask_verification(
        self, account_id: AccountId, email_claim: ClaimId, *, challenge_id: ChallengeId, at: datetime
    ) -> tuple[ContactEvent, ...]:
        """Voids the token sent before; nothing where the address is verified."""
        if self.verified == email_claim:
            return ()
        requested = VerificationRequested(
            account_id=account_id,
            challenge_id=challenge_id,
            email_claim=email_claim,
            expires_at=at + VERIFICATION_LIFE,
            at=at,
        )
        return (requested,)

    def verify_email(self, email_claim: ClaimId, *, presented: ChallengeId, at: datetime) -> tuple[ContactEvent, ...]:
        """`email_claim` is the account's address now. Raises TokenNotValid."""
        require_met(self.verification, presented=presented, email_claim=email_claim, at=at)
        return (EmailVerified(email_claim=email_claim, at=at),)

    def give_phone(
        self, account_id: AccountId, phone: Sealed, *, challenge_id: ChallengeId, at: datetime
    ) -> tuple[ContactEvent, ...]:
        """The number is unverified until the one-time password that is sent to it comes back."""
        given = PhoneGiven(
            account_id=account_id, challenge_id=challenge_id, phone=phone, expires_at=at + OTP_LIFE, at=at
        )
        return (given,)

    def verify_phone(self, *, presented: ChallengeId, matches: bool, at: datetime) -> tuple[ContactEvent, ...]:
        """A wrong guess is recorded, not refused, because it counts. Raises OtpNotValid."""
        if self.otp is None or self.otp.id != presented or at >= self.otp.expires_at or self.otp.missed >= MAX_GUESSES:
            raise OtpNotValid("No one-time password is awaited any more; ask for another.")
        if not matches:
            return (PhoneGuessMissed(challenge_id=presented, at=at),)
        return (PhoneVerified(challenge_id=presented, at=at),)


def evolve_contact(contact: Contact, event: ContactEvent) -> Contact:
    """The contact points after the event."""
    match event:
        case VerificationRequested():
            challenge = Challenge(id=event.challenge_id, email_claim=event.email_claim, expires_at=event.expires_at)
            return replace(contact, verification=challenge)
        case EmailVerified(email_claim=email_claim):
            return replace(contact, verification=None, verified=email_claim)
        case PhoneGiven():
            otp = Otp(id=event.challenge_id, expires_at=event.expires_at, missed=0)
            return replace(contact, phone=event.phone, phone_verified=False, otp=otp)
        case PhoneGuessMissed():
            return replace(contact, otp=contact.otp and replace(contact.otp, missed=contact.otp.missed + 1))
        case PhoneVerified():
            return replace(contact, phone_verified=True, otp=None)
        case _:
            assert_never(event)
