"""The servers of docker-compose.yml natively: the programs that the tests bring, with the flags of the file."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis
from psycopg.conninfo import make_conninfo

from infrastructure.postgres.embedded import START_TIMEOUT, SUPERUSER, EmbeddedPostgres
from tests.support.compose import Service
from tests.support.program import Running
from tests.support.redis_server import server_program
from tests.support.system import eventually, free_port


class ComposedPostgres(EmbeddedPostgres):
    """The embedded server with the flags of the file, reached by TCP."""

    def __init__(self, home: Path, service: Service) -> None:
        super().__init__(home)
        self.port = free_port()
        self._flags = service.command[1:]

    def conninfo(self, database: str = "till") -> str:
        return make_conninfo(host="127.0.0.1", port=self.port, user=SUPERUSER, dbname=database)

    def _launch(self) -> None:
        sockets = self.files.make_socket_directory(owner=self._account)
        here = ("-clisten_addresses=127.0.0.1", f"-cport={self.port}", f"-cunix_socket_directories={sockets}")
        self._run(
            "pg_ctl", "start", "--wait", f"--timeout={START_TIMEOUT}", f"--pgdata={self.files.data}",
            f"--log={self.files.log}", f"--options={shlex.join((*self._flags, *here))}",
        )  # fmt: skip


@contextmanager
def postgres(home: Path, service: Service) -> Iterator[int]:
    """Its port."""
    with ComposedPostgres(home, service) as server:
        yield server.port


@contextmanager
def redis_server(home: Path, service: Service) -> Iterator[int]:
    """Its port."""
    port = free_port()
    command: Sequence[str] = (str(server_program()), *service.command[1:], "--bind", "127.0.0.1", "--port", str(port))
    with Running("redis", command, environment={}, home=home), redis.Redis(port=port) as client:

        def answers() -> bool:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

        eventually("Redis", answers)
        yield port
