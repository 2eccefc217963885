"""A real PostgreSQL that belongs to one directory: made at first use, shared by our processes, stopped by the last."""

import fcntl
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg.conninfo import make_conninfo

from infrastructure.postgres.server_account import ServerAccount, server_account
from infrastructure.postgres.server_files import SERVER_VERSION, ServerFiles

START_TIMEOUT = 60
STOP_TIMEOUT = 30
SUPERUSER = "till"

# For two cores and a developer's disk. fsync and synchronous_commit stay on: an acknowledged command is durable.
OPTIONS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class EmbeddedPostgresFailed(Exception):
    """The server could not be made, started or stopped; the message says why."""


class EmbeddedPostgres:
    """The server of one directory. Entering starts it unless it runs; leaving stops it unless others still use it."""

    def __init__(self, home: Path) -> None:
        self.files = ServerFiles.under(home)
        self._account: ServerAccount | None = None
        self._use: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def start(self) -> None:
        """Make the cluster when there is none, start it when it does not run, and count as a user of it."""
        self.files.root.mkdir(parents=True, exist_ok=True)
        with self._exclusively():
            self._account = server_account(self.files)
            self._initialise()
            if not self.files.running():
                self._launch()
            self._ensure_database("till")
            self._use = self._lock(self.files.users, fcntl.LOCK_SH)

    def revive(self) -> bool:
        """Start it again where it was killed; whether that was needed. Does not count as a user."""
        if self.files.running():
            return False
        with self._exclusively():
            if self.files.running():
                return False
            self._account = server_account(self.files)
            self._launch()
        return True

    def release(self) -> None:
        """Stop counting as a user; the last one stops the server. A killed process is uncounted by the kernel."""
        if self._use is None:
            return
        with self._exclusively():
            use, self._use = self._use, None
            try:
                fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                self._stop()
            finally:
                os.close(use)

    def conninfo(self, database: str = "till") -> str:
        """How to reach a database of this server."""
        return make_conninfo(host=str(self.files.sockets()), port=5432, user=SUPERUSER, dbname=database)

    def _initialise(self) -> None:
        if (self.files.data / "PG_VERSION").exists():
            found, ours = (self.files.data / "PG_VERSION").read_text().strip(), str(SERVER_VERSION)
            if found != ours:
                raise EmbeddedPostgresFailed(
                    f"{self.files.data} holds PostgreSQL {found} data; this version has {ours}"
                )
            return
        fresh = self.files.discard_unfinished()
        self._run(
            "initdb", f"--pgdata={fresh}", f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
        )  # fmt: skip
        fresh.rename(self.files.data)

    def _launch(self) -> None:
        self.files.forget_stale_pid()
        sockets = self.files.make_socket_directory(owner=self._account)
        options = OPTIONS | {"unix_socket_directories": str(sockets)}
        flags = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items())
        self._run(
            "pg_ctl", "start", "--wait", f"--timeout={START_TIMEOUT}", f"--pgdata={self.files.data}",
            f"--log={self.files.log}", f"--options={flags}",
        )  # fmt: skip

    def _stop(self) -> None:
        if self.files.running():
            self._run(
                "pg_ctl", "stop", "--wait", f"--timeout={STOP_TIMEOUT}", "--mode=fast", f"--pgdata={self.files.data}"
            )
        sockets = self.files.sockets()
        if not sockets.is_relative_to(self.files.root):
            shutil.rmtree(sockets, ignore_errors=True)

    def _ensure_database(self, name: str) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True, connect_timeout=10) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
                connection.execute(f'CREATE DATABASE "{name}"')

    def _run(self, program: str, *arguments: str) -> None:
        account = self._account or server_account(self.files)
        try:
            subprocess.run(  # noqa: S603 - our own binary and arguments, no shell
                [str(self.files.programs / program), *arguments],
                check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                timeout=START_TIMEOUT + 30, cwd=self.files.root, env={"PATH": os.defpath, "LC_ALL": "C"},
                **account.identity(),
            )  # fmt: skip
        except subprocess.CalledProcessError as failed:
            raise EmbeddedPostgresFailed(
                f"{program}: {failed.stdout.strip()}\n{self.files.last_log_lines()}"
            ) from failed

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """One process at a time starts or stops."""
        held = self._lock(self.files.lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(held)

    @staticmethod
    def _lock(path: Path, mode: int) -> int:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, mode)
        return descriptor
