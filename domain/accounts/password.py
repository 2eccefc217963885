"""An account's password, as far as its history tells: how often it was set, and who may set it next."""

from datetime import datetime, timedelta
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.accounts.challenge import Challenge, require_met
from domain.accounts.events import PasswordEvent, PasswordReplaced, PasswordReset, PasswordResetRequested
from domain.shared.identifiers import AccountId, ChallengeId, ClaimId
from domain.shared.refusal import Refusal

RESET_LIFE = timedelta(hours=1)


class PasswordWrong(Refusal):
    """The password that was given is not the account's."""

    code = "password-wrong"


class PasswordSuperseded(Refusal):
    """The password was right when it was checked, and was set anew before anything came of it."""

    code = "password-superseded"


class Password(msgspec.Struct, frozen=True, kw_only=True):
    """The hash itself is in the side rows; `generation` says which of them was meant."""

    generation: int = 0
    """How often it was set anew."""
    reset: Challenge | None = None

    def ask_reset(
        self, account_id: AccountId, email_claim: ClaimId, *, challenge_id: ChallengeId, at: datetime
    ) -> tuple[PasswordEvent, ...]:
        """Voids the token sent before."""
        requested = PasswordResetRequested(
            account_id=account_id,
            challenge_id=challenge_id,
            email_claim=email_claim,
            expires_at=at + RESET_LIFE,
            at=at,
        )
        return (requested,)

    def reset_by(self, email_claim: ClaimId, *, presented: ChallengeId, at: datetime) -> tuple[PasswordEvent, ...]:
        """`email_claim` is the account's address now. Raises TokenNotValid."""
        require_met(self.reset, presented=presented, email_claim=email_claim, at=at)
        return (PasswordReset(challenge_id=presented, at=at),)

    def replace(self, *, checked: int, at: datetime) -> tuple[PasswordEvent, ...]:
        """`checked` is the generation of the password that was given as the present one."""
        self.require(checked)
        return (PasswordReplaced(at=at),)

    def require(self, checked: int) -> None:
        """Raises PasswordSuperseded unless the password that was checked is still the account's."""
        if checked != self.generation:
            raise PasswordSuperseded("The password was set anew meanwhile.")


def evolve_password(password: Password, event: PasswordEvent) -> Password:
    """The password after the event. Setting it voids what was asked for before."""
    match event:
        case PasswordResetRequested():
            challenge = Challenge(id=event.challenge_id, email_claim=event.email_claim, expires_at=event.expires_at)
            return replace(password, reset=challenge)
        case PasswordReset() | PasswordReplaced():
            return Password(generation=password.generation + 1)
        case _:
            assert_never(event)
