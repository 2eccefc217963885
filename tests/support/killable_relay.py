"""A relay made to be killed: `python -m tests.support.killable_relay DATABASE BOOTSTRAP PREFIX PLACE NUMBER`.

Kills itself at a place that it comes to for the so-maniest time: `sent` (a batch is under way), `arrived` (it was
acknowledged and is not saved), `saved`, or `never`.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence

from infrastructure.eventstore.registry import event_codec
from infrastructure.streaming.message import Message
from infrastructure.streaming.relay import Relay
from infrastructure.streaming.relay_state import Progress, RelayState
from infrastructure.streaming.sending import KafkaDelivery, KafkaSender

Reached = Callable[[str], None]


class DyingState(RelayState):
    """Says when it is about to save, and when it has."""

    reached: Reached

    def save(self, progress: Progress, *, expected: int) -> int:
        self.reached("arrived")
        head = super().save(progress, expected=expected)
        self.reached("saved")
        return head


class DyingSender(KafkaSender):
    """Says when a batch is under way."""

    reached: Reached

    def send(self, messages: Sequence[Message]) -> KafkaDelivery:
        delivery = super().send(messages)
        self.reached("sent")
        return delivery


def dies_at(place: str, number: int) -> Reached:
    left = {place: number}

    def reached(here: str) -> None:
        left[here] = left.get(here, 0) - 1
        if left[here] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


def main(database: str, bootstrap: str, prefix: str, place: str, number: str) -> None:
    reached = dies_at(place, int(number))

    def connect() -> RelayState:
        state = DyingState.connect(database, event_codec())
        state.reached = reached
        return state

    def make_sender(_: int) -> KafkaSender:
        sender = DyingSender(bootstrap.split(","))
        sender.reached = reached
        return sender

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Relay(connect=connect, make_sender=make_sender, prefix=prefix).run(threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
