"""Processes are kept running, and leave in order; nobody outlives the supervisor."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psutil
import pytest

from infrastructure.supervision.listening import AddressUnavailable, listen


class System:
    """A running supervisor, heard line by line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def hear(self) -> Any:
        """What it says next; None when it has ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def started(self, count: int = 1, *, ready: int = 0) -> list[int]:
        """The process ids of the next programs that are started, once so many of all have said that they are ready."""
        pids: list[int] = []
        while len(pids) < count or ready > 0:
            heard = self.hear()
            assert heard is not None, "it ended before that"
            if heard == "ready":
                ready -= 1
            elif heard[1] == "started":
                pids.append(int(heard[2]))
        return pids

    def rest(self) -> list[Any]:
        return list(iter(self.hear, None))


@pytest.fixture
def run() -> Iterator[Callable[..., System]]:
    with ExitStack() as stack:

        def start(front: str, back: str) -> System:
            command = [sys.executable, "-m", "tests.support.supervised", front, back]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            stack.enter_context(process)
            stack.callback(process.kill)
            return System(process)

        yield start


def test_a_killed_program_is_started_again(run: Callable[..., System]) -> None:
    system = run("waits", "waits")
    first, _ = system.started(2)
    psutil.Process(first).kill()
    (again,) = system.started()
    assert again != first
    assert psutil.pid_exists(again)


def test_sigterm_stops_accepting_then_the_front_then_the_back(run: Callable[..., System]) -> None:
    system = run("waits", "follows")
    system.started(2, ready=1)
    system.process.send_signal(signal.SIGTERM)
    heard = system.rest()
    assert heard[0] == "closed"
    assert [(name, happening) for name, happening, _, _ in heard[1:]] == [("waits", "stopped"), ("follows", "stopped")]
    assert system.process.wait() == 0


def test_a_program_that_does_not_leave_is_killed_after_its_grace(run: Callable[..., System]) -> None:
    system = run("waits", "clings")
    system.started(2, ready=1)
    system.process.send_signal(signal.SIGINT)
    assert [line[:2] for line in system.rest()[1:]] == [["waits", "stopped"], ["clings", "killed"]]


def test_a_program_that_cannot_start_ends_the_system_with_its_name(run: Callable[..., System]) -> None:
    system = run("fails", "waits")
    heard = system.rest()
    assert sum(line[:2] == ["fails", "started"] for line in heard) == 5
    assert heard[-1][:2] == ["waits", "stopped"]
    assert system.process.wait() == 1
    assert system.process.stderr is not None
    assert "fails ended 5 times right after its start, last with code 3" in system.process.stderr.read()


def test_without_a_program_that_is_not_vital_the_others_go_on(run: Callable[..., System]) -> None:
    system = run("waits", "fails?")
    heard = [system.hear() for _ in range(25)]
    assert sum(line[:2] == ["fails?", "died"] for line in heard) > 10
    system.process.send_signal(signal.SIGTERM)
    assert ["waits", "stopped"] in [line[:2] for line in system.rest() if line != "closed"]
    assert system.process.wait() == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's parent death signal is Linux's")
def test_programs_do_not_outlive_a_killed_supervisor(run: Callable[..., System]) -> None:
    system = run("follows", "follows")
    children = [psutil.Process(pid) for pid in system.started(2, ready=2)]
    system.process.kill()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressUnavailable, match=f"port {port} on 127.0.0.1 is taken"):
            listen("127.0.0.1", port)
