"""Where Prometheus finds the metrics of a process that serves nothing else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import REGISTRY, CollectorRegistry, multiprocess, start_http_server

from infrastructure.metrics import DIRECTORY
from infrastructure.supervision.listening import AddressUnavailable


@contextmanager
def expose(port: int | None) -> Iterator[None]:
    """On every address, for the length of the block; nowhere without a port. Raises AddressUnavailable."""
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, registry=_registry())
    except OSError as refused:
        raise AddressUnavailable(f"metrics cannot be served on port {port}: {refused.strerror}") from refused
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _registry() -> CollectorRegistry:
    """Of a process that shares its metrics with others, everybody's."""
    if DIRECTORY not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return registry
