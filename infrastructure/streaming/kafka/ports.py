"""Ports for a broker that may be stopped and started again while others try to reach it."""

import random
import socket
from itertools import islice
from pathlib import Path

HOST = "127.0.0.1"
LOWEST = 15_000
EPHEMERAL = 32_768
"""Where the kernel's own range begins unless it says otherwise."""
KERNEL_SAYS = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_ports(count: int) -> list[int]:
    """Below the range that outgoing connections get theirs from.

    A client that retries a stopped broker's address could else be given that very port, and hold it against the broker.
    """
    below = _ephemeral_begin()
    numbers = range(LOWEST, below if below > LOWEST + 1000 else EPHEMERAL)
    free = (port for port in random.Random().sample(numbers, len(numbers)) if is_free(port))  # noqa: S311 - no secret
    return list(islice(free, count))


def is_free(port: int) -> bool:
    with socket.socket() as trial:
        # As the broker does: connections that are winding down are no hindrance.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError:
            return False
        return True


def _ephemeral_begin() -> int:
    try:
        return int(KERNEL_SAYS.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return EPHEMERAL
