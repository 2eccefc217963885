"""The real shop in a directory of its own: `till serve` with its database, API processes and worker."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg

from infrastructure.postgres.embedded import EmbeddedPostgres
from tests.support.provider_news import SECRETS

READY_SECONDS = 90.0
STOP_SECONDS = 40.0
POLL_SECONDS = 0.02
TILL = (sys.executable, "-m", "infrastructure.cli")


_LAG = "SELECT (SELECT position FROM till.log_head) - (SELECT min(position) FROM till.passed)"


class NotInTime(AssertionError):
    """What was waited for did not come."""


def eventually(what: str, condition: Callable[[], Any], *, seconds: float = 20.0) -> Any:
    """The first true value of the condition. Raises NotInTime."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() > deadline:
            raise NotInTime(f"{what}: not within {seconds:g} s")
        time.sleep(POLL_SECONDS)


class System:
    """Runs while the block lasts. Its log is `till.log` in its directory."""

    def __init__(
        self,
        home: Path,
        *,
        api_processes: int = 1,
        demo: bool = True,
        trade: bool = False,
        environment: Mapping[str, str] | None = None,
        arguments: Sequence[str] = TILL,
    ) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "till.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("KAFKA_")},
            "TILL_HOME": str(home / ".till"),
            "PORT": str(self.port),
            "API_PROCESSES": str(api_processes),
            "RATE_LIMITS": "off",
            "LOG_FORMAT": "json",
            **SECRETS,
            **(environment or {}),
        }
        self._arguments = (*arguments, "serve", *(["--demo", "--trade" if trade else "--no-trade"] if demo else []))
        self._process: subprocess.Popen[bytes] | None = None
        self.exit_code: int | None = None
        """Of the last clean stop."""

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._arguments,
                env=self.environment,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Until `/health/ready` answers 200, and the read models have all that there was."""
        try:
            eventually("ready", lambda: self._ended() or (self.ready() and self.lag() == 0), seconds=READY_SECONDS)
        except NotInTime as late:
            raise NotInTime(f"{late}\n{self.last_lines()}") from None
        if self._ended():
            raise NotInTime(f"till serve ended with {self._main().returncode}\n{self.last_lines()}")

    def ready(self) -> bool:
        return answers(f"{self.url}/health/ready")

    def lag(self) -> int:
        """Events that some projection has not read."""
        with self.connection() as connection:
            row = connection.execute(_LAG).fetchone()
        assert row is not None
        return int(row[0])

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for everything where that does not help."""
        process, self._process = self._main(), None
        process.send_signal(signal.SIGTERM)
        try:
            self.exit_code = process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            raise NotInTime(f"till serve did not stop\n{self.last_lines()}") from None

    def processes(self, kind: str) -> list[psutil.Process]:
        """The living children that run `till <kind>`: `api`, `worker`, `project`."""
        found = []
        for child in psutil.Process(self._main().pid).children():
            try:
                command = child.cmdline()
            except psutil.Error:  # gone since it was listed
                continue
            if kind in command and child.status() != psutil.STATUS_ZOMBIE:
                found.append(child)
        return found

    def kill(self, kind: str) -> int:
        """SIGKILL one of them; its process id."""
        victim: psutil.Process = eventually(f"a living {kind}", lambda: self.processes(kind))[0]
        victim.kill()
        return int(victim.pid)

    @property
    def supervisor(self) -> psutil.Process:
        return psutil.Process(self._main().pid)

    @property
    def database(self) -> str:
        """How to reach the shop's own database."""
        return EmbeddedPostgres(self.home / ".till" / "postgres").conninfo()

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.database, autocommit=True, connect_timeout=10) as connection:
            yield connection

    def last_lines(self, count: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def _ended(self) -> bool:
        return self._main().poll() is not None

    def _main(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the system was not started"
        return self._process


def answers(url: str) -> bool:
    """Whether somebody answers there, and with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
