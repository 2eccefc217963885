"""Apache Kafka as Maven fetches it: once for all checkouts of one account, pinned and checked file by file."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infrastructure.streaming.kafka.tools import LocalKafkaUnavailable, maven

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
SUMS = HERE / "jars.sha256"
LONGEST_FETCH = 900
"""Seconds; some 45 MB."""

Say = Callable[[str], None]
Copy = Callable[[Path], None]
"""Puts every jar into a folder."""


def default_cache() -> Path:
    """Kept when a checkout is cleaned or removed."""
    return Path.home() / ".cache" / "tillstream"


def kafka_version() -> str:
    """As the pom names it."""
    named = re.search(r"<kafka\.version>(.+?)</kafka\.version>", POM.read_text(encoding="utf-8"))
    if named is None:
        raise ValueError(f"{POM} names no version of Kafka")
    return named[1]


def fetched(cache: Path, *, say: Say, copy: Copy | None = None, sums: Path = SUMS) -> Path:
    """The folder with every jar. It is complete as soon as it is there, also where several processes fetch at once.

    Its name changes with its content, so nothing is ever taken from under a broker that runs.
    Raises LocalKafkaUnavailable.
    """
    folder = cache / f"kafka-{kafka_version()}-{hashlib.sha256(sums.read_bytes()).hexdigest()[:8]}"
    if folder.is_dir():
        return folder
    copy = copy or copied_by(maven())
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as failed:
        raise LocalKafkaUnavailable(f"Apache Kafka cannot be kept in {cache}: {failed}") from failed
    with _alone(cache / f"{folder.name}.lock"):
        if not folder.is_dir():
            say(f"Fetching Apache Kafka {kafka_version()} by Maven into {folder}, this once")
            fresh = cache / f"{folder.name}.new"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            copy(fresh)
            _check(fresh, sums)
            fresh.rename(folder)
    return folder


def copied_by(program: str) -> Copy:
    """By this Maven, from wherever its own settings say."""

    def copy(folder: Path) -> None:
        command = [
            program, "--batch-mode", "--quiet", "--file", str(POM), "dependency:copy-dependencies",
            f"-DoutputDirectory={folder}", "-DincludeScope=runtime", "-Dstyle.color=never",
        ]  # fmt: skip
        try:
            subprocess.run(  # noqa: S603 - our own command, no shell
                command, check=True, timeout=LONGEST_FETCH, text=True, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except subprocess.CalledProcessError as failed:
            raise LocalKafkaUnavailable(f"Maven did not fetch Apache Kafka.\n{failed.stdout.strip()}") from failed
        except subprocess.TimeoutExpired as late:
            raise LocalKafkaUnavailable(f"Maven did not fetch Apache Kafka in {LONGEST_FETCH} s") from late

    return copy


def _check(folder: Path, sums: Path) -> None:
    """As `sha256sum --check` does, and that there is nothing else."""
    pinned = {name: digest for digest, name in map(str.split, sums.read_text(encoding="ascii").splitlines())}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    wrong = sorted(name for name in found.keys() | pinned.keys() if found.get(name) != pinned.get(name))
    if wrong:
        raise LocalKafkaUnavailable(f"What Maven fetched is not what {sums.name} pins: {', '.join(wrong)}")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
