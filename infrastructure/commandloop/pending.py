"""A command on its way through the loop, and the future its caller waits on."""

import asyncio
from dataclasses import dataclass, field

from application.ports.commands import Envelope, KeyReused, Outcome


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

    def __post_init__(self) -> None:
        self.future.add_done_callback(_retrieve)

    def succeed(self, outcome: Outcome) -> None:
        if not self.future.done():
            self.future.set_result(outcome)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)

    def same_request(self, fingerprint: bytes) -> bool:
        """Fails the command and gives False where its id stands for another request."""
        if fingerprint == self.envelope.fingerprint:
            return True
        self.fail(KeyReused("This key was used for another request."))
        return False
