"""The programs that a local Kafka needs on this machine, and what to install where one is missing."""

import re
import shutil
import subprocess
from collections.abc import Callable

OLDEST_JAVA = 17
JAVA_SAYS = re.compile(r'version "(?:1\.)?(\d+)')
INSTALL_JAVA = (
    f"Install Java {OLDEST_JAVA} or newer (Debian and Ubuntu: apt-get install openjdk-17-jre-headless; "
    "macOS: brew install openjdk)"
)
INSTALL_MAVEN = "Install it (Debian and Ubuntu: apt-get install maven; macOS: brew install maven)"

Find = Callable[[str], str | None]
Ask = Callable[[str], str]


class LocalKafkaUnavailable(Exception):
    """This machine cannot run a local Kafka; the message says what is missing and what helps."""


def _first_words(program: str) -> str:
    """What it says of its version; nothing where it cannot run, like macOS's placeholder for a missing Java."""
    try:
        asked = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stderr + asked.stdout


def java(*, find: Find = shutil.which, ask: Ask = _first_words) -> str:
    """Where a Java is that can run the broker. Raises LocalKafkaUnavailable."""
    program = find("java")
    said = JAVA_SAYS.search(ask(program)) if program else None
    if program is None or said is None:
        raise LocalKafkaUnavailable(f"A local Kafka runs on Java, and there is none. {INSTALL_JAVA}.")
    if int(said[1]) < OLDEST_JAVA:
        raise LocalKafkaUnavailable(f"{program} is Java {said[1]}, which is too old for Kafka. {INSTALL_JAVA}.")
    return program


def maven(*, find: Find = shutil.which) -> str:
    """Where Maven is. Raises LocalKafkaUnavailable."""
    program = find("mvn")
    if program is None:
        raise LocalKafkaUnavailable(f"Apache Kafka is fetched by Maven, and there is no 'mvn'. {INSTALL_MAVEN}.")
    return program
