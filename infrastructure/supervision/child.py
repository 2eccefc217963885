"""One program that is kept running until it is told to stop."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. `inherited` are the file descriptors it gets from us."""

    name: str
    arguments: Sequence[str]
    inherited: Sequence[int] = ()
    vital: bool = True
    """Where one that is not cannot be started, the others go on without it, and it is tried for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how soon a program is started again; seconds."""

    steady_after: float = 10.0
    """A program that lived this long has started."""
    attempts: int = 5
    """Failed starts in a row before giving up. A program that was killed (SIGKILL) has not failed to start."""
    first_delay: float = 0.2
    longest_delay: float = 10.0
    grace: float = 10.0
    """To finish what is under way after SIGTERM, before SIGKILL."""

    def delay(self, failures: int) -> float:
        return float(min(self.first_delay * 2 ** max(failures - 1, 0), self.longest_delay))


class Happening(StrEnum):
    STARTED = "started"
    DIED = "died"
    STOPPED = "stopped"
    KILLED = "killed"


class Witness(Protocol):
    """Is told what becomes of a program: its name, what happened, its process id and exit code."""

    def __call__(self, name: str, happening: Happening, *, pid: int, code: int | None) -> None: ...


class GaveUp(Exception):
    """A program failed to start again and again."""


@dataclass(slots=True, kw_only=True, eq=False)
class Child:
    """Keeps one program running. `keep` is the only one that touches the process."""

    program: Program
    patience: Patience
    witness: Witness
    now: Callable[[], float] = time.monotonic
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """Let the process finish within the grace, then `keep` returns."""
        self._stopping.set()

    async def keep(self) -> None:
        """Start the program, and again whenever it ends, until `stop`. Raises GaveUp."""
        failures = 0
        while not self._stopping.is_set():
            started = self.now()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            failed = code != -signal.SIGKILL and self.now() - started < self.patience.steady_after
            failures = failures + 1 if failed else 0
            if failures >= self.patience.attempts and self.program.vital:
                raise GaveUp(f"{self.program.name} ended {failures} times right after its start, last with code {code}")
            await self._pause(self.patience.delay(failures))

    async def _run_once(self) -> int:
        process = await asyncio.create_subprocess_exec(
            *self.program.arguments, pass_fds=self.program.inherited, start_new_session=True
        )
        self.witness(self.program.name, Happening.STARTED, pid=process.pid, code=None)
        ended, stopping = asyncio.create_task(process.wait()), asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        happening = Happening.DIED if ended.done() else await self._end(process, ended)
        code = await ended
        self.witness(self.program.name, happening, pid=process.pid, code=code)
        return code

    async def _end(self, process: asyncio.subprocess.Process, ended: asyncio.Task[int]) -> Happening:
        process.terminate()
        await asyncio.wait({ended}, timeout=self.patience.grace)
        if ended.done():
            return Happening.STOPPED
        process.kill()
        return Happening.KILLED

    async def _pause(self, seconds: float) -> None:
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({stopping}, timeout=seconds)
        stopping.cancel()
