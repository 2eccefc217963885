"""One program in a process of its own, with the environment it is given and no other."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self


class NotEnded(AssertionError):
    """It was asked to stop, and did not within its time."""


class Running:
    """Started with the block, in `home`; killed with it where it was not stopped before."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        home: Path,
        logs: Path | None = None,
    ) -> None:
        self.name = name
        self.log = (logs or home) / f"{name}.log"
        self._command = command
        self._environment = {"PATH": os.environ["PATH"], **environment}
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                cwd=self._home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._main().poll() is None:
            os.killpg(self._main().pid, signal.SIGKILL)
        self._main().wait()

    @property
    def pid(self) -> int:
        return self._main().pid

    @property
    def code(self) -> int | None:
        """None while it runs."""
        return self._main().poll()

    def ask_to_stop(self) -> None:
        self._main().terminate()

    def ended(self, *, seconds: float) -> int:
        """Its code. Raises NotEnded."""
        try:
            return self._main().wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise NotEnded(f"{self.name} runs after {seconds:g} s\n{self.last_lines()}") from None

    def last_lines(self, count: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def _main(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, f"{self.name} was not started"
        return self._process
