"""Attempts at paying: each the one intent to charge that goes by its key, one open at a time."""

from enum import StrEnum
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.payments.events import Method, PaymentAttempted
from domain.shared.identifiers import PaymentId, derived
from domain.shared.refusal import Refusal

MAX_ATTEMPTS = 4
"""One, and three more after it."""


class PaymentInFlight(Refusal):
    """An attempt is open: its outcome has to be known before anything else is tried."""

    code = "payment-in-flight"


class AttemptsExhausted(Refusal):
    """All attempts were used."""

    code = "payment-attempts-exhausted"


class NothingToRetry(Refusal):
    """A retry follows an attempt that failed."""

    code = "nothing-to-retry"


class UnknownAttempt(Refusal):
    """The provider speaks of a key that this payment never gave out."""

    code = "unknown-attempt"


class AttemptStatus(StrEnum):
    OPEN = "open"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    VOIDED = "voided"
    RETURNED = "returned"
    """Money came, but not as asked, or too late; it goes back."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """Open until the provider has said what became of it."""

    number: int
    """From 1."""
    key: UUID
    method: Method
    reference: str | None
    status: AttemptStatus = AttemptStatus.OPEN
    reason: str | None = None
    """Why it was declined."""

    @property
    def is_open(self) -> bool:
        return self.status is AttemptStatus.OPEN

    @property
    def has_failed(self) -> bool:
        """The buyer meant to pay, and has to do it again."""
        return self.status in {AttemptStatus.DECLINED, AttemptStatus.RETURNED}


class Attempts(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried so far, in order."""

    made: tuple[Attempt, ...] = ()

    @property
    def last(self) -> Attempt | None:
        return self.made[-1] if self.made else None

    @property
    def open(self) -> Attempt | None:
        return next((attempt for attempt in self.made if attempt.is_open), None)

    def find(self, key: UUID) -> Attempt | None:
        return next((attempt for attempt in self.made if attempt.key == key), None)

    def require_none_open(self) -> None:
        """Raises PaymentInFlight."""
        if self.open is not None:
            raise PaymentInFlight("An attempt at paying is under way; its outcome is awaited.")

    def next_number(self) -> int:
        """Raises AttemptsExhausted."""
        if len(self.made) >= MAX_ATTEMPTS:
            raise AttemptsExhausted(f"All {MAX_ATTEMPTS} attempts at paying were used.")
        return len(self.made) + 1

    def require_last(self) -> Attempt:
        """Raises NothingToRetry."""
        if self.last is None:
            raise NothingToRetry("No attempt at paying has failed.")
        return self.last

    def awaits(self, key: UUID) -> bool:
        """Whether the outcome of this key is still to come; raises UnknownAttempt."""
        attempt = self.find(key)
        if attempt is None:
            raise UnknownAttempt("This payment never gave out such a key.")
        return attempt.is_open

    def add(self, event: PaymentAttempted) -> "Attempts":
        attempt = Attempt(number=event.attempt, key=event.key, method=event.method, reference=event.reference)
        return Attempts(made=(*self.made, attempt))

    def close(self, key: UUID, status: AttemptStatus, reason: str | None = None) -> "Attempts":
        return Attempts(
            made=tuple(
                replace(attempt, status=status, reason=reason) if attempt.key == key else attempt
                for attempt in self.made
            )
        )


def attempt_key(payment_id: PaymentId, number: int) -> UUID:
    """What the provider knows the attempt by."""
    return derived("charge", payment_id, number)


def cash_key(payment_id: PaymentId) -> UUID:
    """What the money that was paid at the door is kept under."""
    return derived("cash", payment_id)
