"""Metrics of all our processes together: each keeps its own in a shared directory, whoever is asked reads them all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, generate_latest, multiprocess

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
"""How the Prometheus client is told; it looks at its import, so only processes started afterwards share."""


@contextmanager
def shared_metrics() -> Iterator[None]:
    """Processes that are started within the block keep their metrics where the others find them."""
    with tempfile.TemporaryDirectory(prefix="till-metrics-") as directory:
        os.environ[DIRECTORY] = directory
        try:
            yield
        finally:
            del os.environ[DIRECTORY]


def process_ended(pid: int) -> None:
    """What it had in hand (queues, lag) counts no more; what it had counted, does."""
    if DIRECTORY in os.environ:
        multiprocess.mark_process_dead(pid)


def exposition() -> bytes:
    """The metrics of every process that shares with this one, or its own, in Prometheus' text form."""
    if DIRECTORY not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
