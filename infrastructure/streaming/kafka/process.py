"""A broker's process: told to go, killed, frozen and thawed; it never outlives the process that started it."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

STOP_SECONDS = 15.0
TIED = (sys.executable, "-m", "infrastructure.streaming.kafka.tied")


class BrokerProcess:
    """It ends with the thread that launched it (see `leave_with`): launch it from one that lasts."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @classmethod
    def launch(cls, command: Sequence[str], *, log: Path) -> Self:
        """In a session of its own, so that a terminal's Ctrl-C reaches us and not the broker."""
        with log.open("ab") as output:
            return cls(
                subprocess.Popen(  # noqa: S603 - our own command, no shell
                    [*TIED, str(os.getpid()), *command],
                    stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                )
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it lives."""
        return self._process.poll()

    def stop(self) -> None:
        """Cleanly, also where it is frozen; one that does not end in time is killed."""
        self._process.send_signal(signal.SIGTERM)
        self.thaw()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """Returns when every thread of it stands still. Raises ChildProcessError where it has ended."""
        self._process.send_signal(signal.SIGSTOP)
        if sys.platform == "linux":
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def wait(self) -> int:
        """Until it ends by itself; its exit code."""
        return self._process.wait()
