"""A real Apache Kafka of one node that belongs to one directory, for developers and tests."""

import fcntl
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from infrastructure.streaming.kafka import jars, tools
from infrastructure.streaming.kafka.jars import Say
from infrastructure.streaming.kafka.node import NodeFiles, Ports, new_cluster_id, settings
from infrastructure.streaming.kafka.process import BrokerProcess
from infrastructure.streaming.kafka.serving import serving_cluster

START_SECONDS = 60.0
POLL_SECONDS = 0.05
CHOICES = 3
"""Of ports, where somebody else takes them between our look and the broker's start."""
QUIET = jars.HERE / "log4j2.xml"


class LocalKafkaFailed(Exception):
    """The broker could not be formatted or started, or is not there; the message says why."""


class _PortTaken(LocalKafkaFailed):
    """Somebody else listens where the broker was to listen."""


class LocalKafka:
    """Entering starts it, leaving stops it; its topics stay in `home`.

    Once started it keeps its address, through any number of stops and kills, and from one process to the next where
    nobody took it meanwhile. It ends with the thread that started it: start it from one that lasts.
    """

    def __init__(self, home: Path, *, cache: Path | None = None, say: Say = lambda _: None) -> None:
        self._files = NodeFiles(home.expanduser().resolve())
        self._cache = cache or jars.default_cache()
        self._say = say
        self._ports: Ports | None = None
        self._process: BrokerProcess | None = None
        self._claim: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def home(self) -> Path:
        """The directory that it belongs to."""
        return self._files.root

    @property
    def bootstrap(self) -> str:
        """Where clients connect, also while it is down. It is known from the first start on."""
        if self._ports is None:
            raise LocalKafkaFailed("Kafka has not been started yet")
        return self._ports.bootstrap

    @property
    def process(self) -> BrokerProcess:
        """Raises LocalKafkaFailed where it was not started, or has been stopped."""
        if self._process is None:
            raise LocalKafkaFailed("Kafka does not run")
        return self._process

    def start(self) -> None:
        """Fetch Kafka and format the directory where that was not done yet; returns when clients are served.

        Raises LocalKafkaUnavailable where this machine lacks something, LocalKafkaFailed where the broker does not run.
        """
        if self._process is not None and self._process.exit_code is None:
            raise LocalKafkaFailed(f"Kafka already runs at {self.bootstrap}")
        java, folder = tools.java(), jars.fetched(self._cache, say=self._say)
        self._claim_home()
        try:
            self._format(java, folder)
            self._launch_somewhere(java, folder)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Cleanly, also where it is frozen; one that does not end in time is killed."""
        if self._process is not None:
            self._process.stop()
        self._let_go()

    def kill(self) -> None:
        """SIGKILL: it has no say in it."""
        if self._process is not None:
            self._process.kill()
        self._let_go()

    def restart(self) -> None:
        """Stop it, and start it at the same address with the same data."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, and nothing answers."""
        self.process.freeze()

    def thaw(self) -> None:
        """SIGCONT: it goes on where it was, and finds out how late it is."""
        self.process.thaw()

    def wait(self) -> str:
        """Until the broker ends by itself; what it said last."""
        code = self.process.wait()
        return f"Kafka ended with code {code}; it said last:\n{self._files.said()}"

    def _claim_home(self) -> None:
        """One process's node: another would get the same settings and log."""
        if self._claim is not None:
            return
        self._files.root.mkdir(parents=True, exist_ok=True)
        claim = os.open(self._files.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(claim)
            there = self._files.remembered()
            where = f" at {there.bootstrap}" if there else ""
            raise LocalKafkaFailed(f"Another process runs the Kafka in {self._files.root}{where}") from None
        self._claim = claim

    def _format(self, java: str, folder: Path) -> None:
        if self._files.data.exists():
            return
        self._say(f"Formatting {self._files.data}")
        fresh = self._files.discard_unfinished()
        described = self._files.write_settings(settings(Ports(client=9092, controller=9093), fresh))
        command = [java, *_arguments(folder, "-Xmx128m"), "kafka.tools.StorageTool", "format"]
        formatting = subprocess.run(  # noqa: S603 - our own command, no shell
            [*command, "--cluster-id", new_cluster_id(), "--config", str(described)],
            check=False, timeout=START_SECONDS, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if formatting.returncode != 0:
            raise LocalKafkaFailed(f"Kafka could not format {fresh}\n{formatting.stdout.strip()}")
        fresh.rename(self._files.data)

    def _launch_somewhere(self, java: str, folder: Path) -> None:
        """At the address that was promised; at the first start, at one that is free."""
        if self._ports is not None:
            self._launch(java, folder, self._ports)
            return
        last = self._files.remembered()
        chosen = last if last is not None and last.free() else Ports.choose()
        for left in reversed(range(CHOICES)):
            try:
                self._launch(java, folder, chosen)
                break
            except _PortTaken:
                if not left:
                    raise
                chosen = Ports.choose()
        self._ports = chosen
        self._files.remember(chosen)

    def _launch(self, java: str, folder: Path, chosen: Ports) -> None:
        self._say(f"Starting Apache Kafka {jars.kafka_version()} in {self._files.root}")
        described = self._files.write_settings(settings(chosen, self._files.data))
        since = self._files.log_size()
        command = [java, *_arguments(folder, "-Xmx512m"), "kafka.Kafka", str(described)]
        self._process = BrokerProcess.launch(command, log=self._files.log)
        deadline = time.monotonic() + START_SECONDS
        while not self._serves(chosen):
            code = self._process.exit_code
            if code is None and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
                continue
            said = self._files.said(since=since)
            what = f"did not serve in {START_SECONDS:g} s" if code is None else f"ended with code {code}"
            failure = _PortTaken if "Address already in use" in said else LocalKafkaFailed
            raise failure(f"Kafka {what}; it said last:\n{said}")

    def _serves(self, chosen: Ports) -> bool:
        """Ours, and not somebody else's at a port that we lost."""
        return serving_cluster(chosen.bootstrap) == self._files.cluster_id()

    def _let_go(self) -> None:
        self._process = None
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None


def _arguments(folder: Path, heap: str) -> Sequence[str]:
    # Java's second compiler costs a broker of minutes more than it gains: without it, starting takes 60 % of the work,
    # and 200 events a second take half.
    options = (heap, "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true", f"-Dlog4j2.configurationFile={QUIET}")
    return (*options, "-cp", f"{folder}/*")
