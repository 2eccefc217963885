"""A command on its way through the loop, and the future its caller waits on."""

import asyncio
from dataclasses import dataclass, field

import msgspec

from application.ports.commands import DeadlineExceeded, Envelope, KeyReused, Outcome, OutcomeUnknown


def _retrieve(future: "asyncio.Future[Outcome]") -> None:
    """A caller that went away must not leave a complaint about an exception that nobody asked for."""
    if not future.cancelled():
        future.exception()


@dataclass(slots=True, eq=False)
class Pending:
    envelope: Envelope
    deadline: float
    """In the event loop's own time, seconds."""
    future: "asyncio.Future[Outcome]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    maybe_executed: bool = False
    """True once it was sent to the log and no answer came: then nothing may be assumed."""
    in_doubt: bool = False
    """True once an answer was given up: what was sent may still arrive, after any look at the log."""

    def __post_init__(self) -> None:
        self.future.add_done_callback(_retrieve)

    def succeed(self, outcome: Outcome) -> None:
        if not self.future.done():
            self.future.set_result(outcome)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)

    def give_answer_up(self) -> None:
        """The connection that it was sent on is of no use any more. If it is refused now, that leaves a row, which
        keeps what was sent from being executed late."""
        if self.maybe_executed and not self.in_doubt:
            self.in_doubt = True
            self.envelope = msgspec.structs.replace(self.envelope, keeps_refusal=True)

    def expire(self, reason: str) -> None:
        """Its time has run out."""
        in_doubt = self.maybe_executed or self.in_doubt
        self.fail(OutcomeUnknown(reason) if in_doubt else DeadlineExceeded(reason))

    def same_request(self, fingerprint: bytes) -> bool:
        """Fails the command and gives False where its id stands for another request."""
        if fingerprint == self.envelope.fingerprint:
            return True
        self.fail(KeyReused("This key was used for another request."))
        return False
