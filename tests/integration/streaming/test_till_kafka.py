"""`till kafka`: says how to go on, serves, and ends in order."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infrastructure.streaming.kafka.serving import serving_cluster

TILL_KAFKA = (sys.executable, "-m", "infrastructure.cli", "kafka")
EXPORT = "export KAFKA_BOOTSTRAP_SERVERS="


@pytest.mark.usefixtures("kafka_tools")
def test_it_prints_a_line_to_paste_and_stops_cleanly(tmp_path: Path) -> None:
    environment = {**os.environ, "TILL_HOME": str(tmp_path)}
    with subprocess.Popen(TILL_KAFKA, env=environment, stdout=subprocess.PIPE, text=True) as till:
        assert till.stdout is not None
        lines = list(iter(till.stdout.readline, "  till serve\n"))
        bootstrap = next(line.strip().removeprefix(EXPORT) for line in lines if EXPORT in line)
        assert serving_cluster(bootstrap) is not None
        till.send_signal(signal.SIGINT)
        till.communicate(timeout=30)
    assert till.returncode == 0
    assert serving_cluster(bootstrap) is None
    assert (tmp_path / "kafka" / "data" / ".kafka_cleanshutdown").exists()


def test_without_java_it_says_what_to_install(tmp_path: Path) -> None:
    environment = {**os.environ, "TILL_HOME": str(tmp_path), "PATH": str(tmp_path)}
    till = subprocess.run(TILL_KAFKA, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert till.returncode == 1
    assert till.stderr.startswith("till kafka: A local Kafka runs on Java, and there is none. Install Java 17 or newer")
    assert "Traceback" not in till.stderr
