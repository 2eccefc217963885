"""Points where a program stands still until it is killed or let go: a test sets a trap, a planted program walks in."""

import os
import time
from pathlib import Path

from tests.support.system import eventually

VARIABLE = "TILL_TEST_TRAPS"
"""The folder that both sides know."""
POLL_SECONDS = 0.01
SENT = "sent"
"""The relay's batch is acknowledged by Kafka, and not saved."""


def written(projection: str) -> str:
    """The rows of a batch are written, and not committed."""
    return f"written.{projection}"


def committed(projection: str) -> str:
    """A batch is committed, and Kafka does not know it yet."""
    return f"committed.{projection}"


class Traps:
    """Each catches one process, once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def arrive(self) -> None:
        """What a planted program says first: from now on it can be told to stop."""
        (self._folder / f"here.{os.getpid()}").touch()

    def has_arrived(self, process: int) -> bool:
        return (self._folder / f"here.{process}").exists()

    def set(self, point: str) -> None:
        self._file(point).touch()

    def holds(self, point: str) -> bool:
        """Whether somebody stands in it."""
        return bool(self._victims(point))

    def caught(self, point: str, *, seconds: float = 60.0) -> int:
        """The process that stands in it. Raises NotInTime."""
        eventually(f"somebody at {point}", lambda: self.holds(point), seconds=seconds)
        (victim,) = self._victims(point)
        return int(victim.suffix[1:])

    def clear(self, point: str) -> None:
        """Who stands in it goes on, if it lives."""
        for file in [self._file(point), *self._victims(point)]:
            file.unlink(missing_ok=True)

    def walk_by(self, point: str) -> None:
        """What a planted program does at the point: where a trap is set, its thread stands still."""
        held = self._folder / f"{point}.caught.{os.getpid()}"
        try:
            self._file(point).rename(held)
        except FileNotFoundError:
            return
        while held.exists():
            time.sleep(POLL_SECONDS)

    def count(self, what: str, number: int) -> None:
        """Of a planted program, to outlast its SIGKILL."""
        with (self._folder / f"{what}.count.{os.getpid()}").open("ab") as file:
            file.write(b"." * number)

    def counted(self, what: str) -> int:
        """By all of them."""
        return sum(file.stat().st_size for file in self._folder.glob(f"{what}.count.*"))

    def _file(self, point: str) -> Path:
        return self._folder / point

    def _victims(self, point: str) -> list[Path]:
        return list(self._folder.glob(f"{point}.caught.*"))
