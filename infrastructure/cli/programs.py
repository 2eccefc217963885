"""The processes that make up a shop: what `till serve` starts beside the database."""

import os
import socket
import sys

from infrastructure.bootstrap.tables import PROCESS_MANAGERS, READ_MODELS
from infrastructure.settings import Settings
from infrastructure.supervision.child import Program

TILL = (sys.executable, "-m", "infrastructure.cli")
NICE = "10"
"""Where processors are short, requests come first and the read models catch up after them."""


def api_programs(settings: Settings, listening: socket.socket) -> list[Program]:
    """They share the listening socket."""
    number = listening.fileno()
    arguments = (*TILL, "api", "--fd", str(number), *_ours())
    return [Program(f"api-{n}", arguments, inherited=(number,)) for n in range(1, settings.api_processes + 1)]


def background_programs(settings: Settings) -> list[Program]:
    """The worker; in distributed mode the relay, the executor, a process for the read models and one for the process
    managers instead: none of them is vital, the shop sells on while Kafka is away. Here they share one machine, which
    many processes would only crowd; on more machines each projection may have one of its own."""
    if not settings.distributed:
        return [_background("worker", "worker", "--nice", NICE, vital=True)]
    return [
        _background("relay", "relay"),
        _background("execute", "execute"),
        _background("project", "project", *(each.name for each in READ_MODELS), "--nice", NICE),
        _background("process", "process", *(each.name for each in PROCESS_MANAGERS), "--nice", NICE),
    ]


def _background(name: str, *arguments: str, vital: bool = False) -> Program:
    return Program(name, (*TILL, *arguments, *_ours()), vital=vital)


def _ours() -> tuple[str, ...]:
    """A process ends with the one that started it, even if that was killed."""
    return "--parent", str(os.getpid())
