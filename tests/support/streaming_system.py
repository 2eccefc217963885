"""The distributed half of a shop as child processes under its own supervisor: relays, projections, process managers."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import psycopg

from infrastructure.bootstrap.tables import PROCESS_MANAGERS, READ_MODELS
from infrastructure.supervision.child import Happening
from tests.support import traps
from tests.support.system import NotInTime, eventually
from tests.support.traps import Traps

ROOT = Path(__file__).parents[2]
STOP_SECONDS = 40.0
PLANTED = (sys.executable, "-m", "tests.support.planted_till")
RELAYS = ("relay-1", "relay-2")
"""One leads, one stands by."""
SHARED = READ_MODELS[-1].name
TWINS = (SHARED, f"{SHARED}-too")
"""They share the partitions of one read model."""

_BEHIND = """
SELECT coalesce((SELECT position FROM till.log_head)
                - least((SELECT position FROM till.relay), (SELECT min(position) FROM till.passed)), 1)
     + (SELECT count(*) FROM unnest(%s::text[]) AS wanted (name)
         WHERE name NOT IN (SELECT p.name FROM till.projection p WHERE p.live_schema IS NOT NULL))
"""
_LATE = """
SELECT p.schema_name, min(p.position), (SELECT position FROM till.relay), (SELECT position FROM till.log_head)
  FROM till.passed p GROUP BY 1 HAVING min(p.position) < (SELECT position FROM till.log_head)
"""
_STOPPED = """
SELECT schema_name, slot, position, error FROM till.poison WHERE status = 'stopped'
UNION ALL SELECT name, slot, position, error FROM till.dead_letter WHERE status = 'stopped'
"""
_CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE datname = current_database() AND application_name LIKE 'till %' AND application_name NOT LIKE 'till tests%'
"""


class Happened(NamedTuple):
    """To one of the programs."""

    name: str
    what: Happening
    pid: int
    code: int | None


def everything() -> dict[str, Sequence[str]]:
    """What `till` is to run, by program: two relays, whatever there is to feed, in a few processes, and one of it by
    two."""
    relays, twins = dict.fromkeys(RELAYS, ("relay",)), dict.fromkeys(TWINS, ("project", SHARED))
    models = [each.name for each in READ_MODELS if each.name != SHARED]
    halves = {"models-1": ("project", *models[::2]), "models-2": ("project", *models[1::2])}
    return {**relays, **halves, "managers": ("process", *(each.name for each in PROCESS_MANAGERS)), **twins}


def read_models(*names: str) -> dict[str, Sequence[str]]:
    return {name: ("project", name) for name in names}


def process_managers() -> dict[str, Sequence[str]]:
    return {each.name: ("process", each.name) for each in PROCESS_MANAGERS}


class StreamingSystem:
    """Runs while the block lasts. Everything it says is in `system.log`."""

    def __init__(
        self,
        home: Path,
        *,
        database: str,
        kafka: str,
        prefix: str,
        programs: Mapping[str, Sequence[str]],
        plants: Mapping[str, str] | None = None,
    ) -> None:
        self.traps = Traps(home / "traps")
        self.log = home / "system.log"
        self.programs = programs
        self._home = home
        self._told = home / "happenings"
        self._environment = {
            # Measured is what the tests run themselves; a process that is killed has nothing to report.
            **{name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
            "PYTHONPATH": str(ROOT),
            "TILL_HOME": str(home / ".till"),
            "DATABASE_URL": database,
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "KAFKA_TOPIC_PREFIX": prefix,
            "JWT_SECRET": "x" * 32,
            "PII_MASTER_KEY": "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=",
            "PAYMENT_GATEWAY": "simulated",
            "LOG_FORMAT": "json",
            traps.VARIABLE: str(home / "traps"),
            **(plants or {}),
        }
        self._database: psycopg.Connection[Any] = psycopg.connect(database, autocommit=True)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._told.touch()
        self.till("topics")
        programs = [[name, [*PLANTED, *arguments]] for name, arguments in self.programs.items()]
        arguments = (str(os.getpid()), str(self._told), json.dumps(programs))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.supervised_programs", *arguments],
                env=self._environment, cwd=self._home, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # the programs end with it
            self._process.wait()
            raise

    def till(self, *arguments: str) -> str:
        """A command that ends by itself; what it says. Raises CalledProcessError."""
        command = [sys.executable, "-m", "infrastructure.cli", *arguments]
        done = subprocess.run(
            command, env=self._environment, cwd=self._home, check=True, stdout=subprocess.PIPE, timeout=120, text=True
        )
        return done.stdout

    def happenings(self) -> list[Happened]:
        lines = self._told.read_text().splitlines(keepends=True)
        told = [json.loads(line) for line in lines if line.endswith("\n")]
        return [Happened(name, Happening(what), pid, code) for name, what, pid, code in told]

    def pid(self, name: str) -> int:
        """Of the process that runs as `name` now, once it can be told to stop. Raises NotInTime."""
        return int(eventually(f"a living {name}", lambda: self._running(name), seconds=60))

    def name(self, pid: int) -> str:
        """What runs, or ran, under that number."""
        return next(each.name for each in self.happenings() if each.pid == pid)

    def kill(self, pid: int, how: signal.Signals = signal.SIGKILL) -> int:
        """Its exit code, once the supervisor has seen it."""
        os.kill(pid, how)
        return int(eventually(f"{pid} is gone", lambda: self._ended(pid), seconds=30)[0])

    def behind(self) -> int:
        """Events of the log that are not everywhere yet: sent, and in every instance; and instances that are not there
        yet."""
        fed = [names for kind, *names in self.programs.values() if kind != "relay"]
        return self._number(_BEHIND, [name.replace("-", "_") for names in fed for name in names])

    def wait_until_quiet(self, *, seconds: float) -> None:
        """Raises NotInTime, with what hinders; at once where a slot has stopped, for that one waits for somebody."""
        try:
            eventually("quiet", lambda: self.behind() == 0 or self._stopped(), seconds=seconds)
        except NotInTime as late:
            raise NotInTime(f"{late}; behind: {self._rows(_LATE)}\n{self.complaints()}") from None
        if stopped := self._stopped():
            raise NotInTime(f"slots have stopped: {stopped}")

    def cut_connections(self) -> int:
        """How many connections of ours to the database there were."""
        return self._number(_CUT)

    def relayed(self) -> int:
        """The last position that a relay has saved."""
        return self._number("SELECT position FROM till.relay")

    def said(self, words: str) -> int:
        """Lines of the log with these words in them."""
        return self.log.read_text(errors="replace").count(words)

    def complaints(self, count: int = 20) -> str:
        """The last lines of the log that tell of more than the usual, and of more than Kafka's clients have to say."""
        lines = self.log.read_text(errors="replace").splitlines()
        usual = ('"level": "info"', '"logger": "aiokafka', '"logger": "kafka', '"logger": "faust', '"logger": "mode')
        return "\n".join([line for line in lines if not any(part in line for part in usual)][-count:])

    def _running(self, name: str) -> int | None:
        mine = [each for each in self.happenings() if each.name == name]
        runs = bool(mine) and mine[-1].what is Happening.STARTED and self.traps.has_arrived(mine[-1].pid)
        return mine[-1].pid if runs else None

    def _ended(self, pid: int) -> list[int]:
        ends = (Happening.DIED, Happening.STOPPED, Happening.KILLED)
        return [each.code or 0 for each in self.happenings() if each.pid == pid and each.what in ends]

    def _stopped(self) -> list[tuple[Any, ...]]:
        return self._rows(_STOPPED)

    def _number(self, query: str, *parameters: object) -> int:
        ((number,),) = self._rows(query, *parameters)
        return int(number)

    def _rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        return self._database.execute(query, parameters or None).fetchall()
