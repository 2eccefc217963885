"""An attempt at paying whose outcome was lost is settled: the provider is asked by key.

PaymentAttempted ──▶ 30 s later: SettleAttempt
PaymentSucceeded, PaymentDeclined, PaymentAttemptVoided, SurplusReceived ──▶ no longer
PaymentCancelled, an attempt still open ──▶ no longer, but at once: VoidAttempt
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from application.effects.payments import SettleAttempt, VoidAttempt
from application.processes.process import Decision, Due, ProcessManager, Withdraw
from domain.payments.events import (
    PaymentAttempted,
    PaymentAttemptVoided,
    PaymentCancelled,
    PaymentDeclined,
    PaymentSucceeded,
    SurplusReceived,
)
from domain.shared.event import Event
from domain.shared.money import Money

GRACE = timedelta(seconds=30)
"""What the request that began the attempt is given to record its outcome by itself."""


class OpenAttempts(msgspec.Struct, frozen=True):
    """The attempts whose outcome is awaited: what each is to charge, by its key."""

    awaited: dict[UUID, Money]


def instance(event: Event) -> UUID | None:
    match event:
        case (
            PaymentAttempted()
            | PaymentSucceeded()
            | PaymentDeclined()
            | PaymentAttemptVoided()
            | SurplusReceived()
            | PaymentCancelled()
        ):
            return event.payment_id
        case _:
            return None


def react(attempts: OpenAttempts | None, event: Event) -> tuple[OpenAttempts | None, Sequence[Decision]]:
    awaited = attempts.awaited if attempts else {}
    match event:
        case PaymentAttempted(payment_id=payment_id, key=key, amount=amount, reference=reference, at=at):
            settle = SettleAttempt(payment_id=payment_id, key=key, amount=amount, reference=reference)
            return OpenAttempts({**awaited, key: amount}), (Due(_settle(key), settle, at=at + GRACE),)
        case PaymentSucceeded() | PaymentDeclined() | PaymentAttemptVoided() | SurplusReceived():
            if event.key not in awaited:
                return attempts, ()
            rest = {key: amount for key, amount in awaited.items() if key != event.key}
            return OpenAttempts(rest) if rest else None, (Withdraw(_settle(event.key)), Withdraw(_void(event.key)))
        case PaymentCancelled(payment_id=payment_id):
            decisions: list[Decision] = []
            for key, amount in awaited.items():
                void = VoidAttempt(payment_id=payment_id, key=key, amount=amount)
                decisions += Withdraw(_settle(key)), Due(_void(key), void)
            return attempts, decisions
        case _:
            return attempts, ()


def _settle(key: UUID) -> str:
    return f"settle:{key}"


def _void(key: UUID) -> str:
    return f"void:{key}"


PAYMENT_SETTLEMENT: ProcessManager[OpenAttempts] = ProcessManager(
    name="payment-settlement",
    version=1,
    events=(
        PaymentAttempted,
        PaymentSucceeded,
        PaymentDeclined,
        PaymentAttemptVoided,
        SurplusReceived,
        PaymentCancelled,
    ),
    state=OpenAttempts,
    instance=instance,
    react=react,
)
