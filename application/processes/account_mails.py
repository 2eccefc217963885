"""An account's owner is written to.

VerificationRequested  ──▶ at once: SendMail, verification
PasswordResetRequested ──▶ at once: SendMail, password-reset
PhoneGiven             ──▶ at once: SendOneTimePassword
AccountDeleted         ──▶ at once, and once more when no mail can be on its way any longer: ForgetMail
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from application.effects.mail import ForgetMail, SendMail, SendOneTimePassword
from application.processes.process import Decision, Due, ProcessManager
from domain.accounts.events import AccountDeleted, PasswordResetRequested, PhoneGiven, VerificationRequested
from domain.shared.event import Event

VERIFICATION, PASSWORD_RESET = "verification", "password-reset"
ON_ITS_WAY = timedelta(minutes=2)
"""A mail that was composed before the deletion has left by then, or never will: longer than any due command takes."""


class NothingAwaited(msgspec.Struct, frozen=True):
    """No letter depends on another."""


def instance(event: Event) -> UUID | None:
    match event:
        case VerificationRequested() | PasswordResetRequested() | PhoneGiven() | AccountDeleted():
            return event.account_id
        case _:
            return None


def react(state: NothingAwaited | None, event: Event) -> tuple[NothingAwaited | None, Sequence[Decision]]:
    match event:
        case VerificationRequested():
            return state, (_mail(VERIFICATION, event),)
        case PasswordResetRequested():
            return state, (_mail(PASSWORD_RESET, event),)
        case PhoneGiven(account_id=account_id, challenge_id=challenge_id):
            send = SendOneTimePassword(account_id=account_id, challenge_id=challenge_id)
            return state, (Due(f"one-time-password:{challenge_id}", send),)
        case AccountDeleted(account_id=account_id, at=at):
            forget = ForgetMail(account_id=account_id)
            return state, (Due("forget", forget), Due("forget again", forget, at=at + ON_ITS_WAY))
        case _:
            return state, ()


def _mail(template: str, event: VerificationRequested | PasswordResetRequested) -> Due:
    references = {"challenge_id": str(event.challenge_id)}
    send = SendMail(template=template, account_id=event.account_id, references=references)
    return Due(f"{template}:{event.challenge_id}", send)


ACCOUNT_MAILS: ProcessManager[NothingAwaited] = ProcessManager(
    name="account-mails",
    version=1,
    events=(VerificationRequested, PasswordResetRequested, PhoneGiven, AccountDeleted),
    state=NothingAwaited,
    instance=instance,
    react=react,
)
