"""Whichever process is asked, the metrics are those of all."""

import subprocess
import sys

from infrastructure.metrics import exposition, process_ended, shared_metrics

WORK = """
import os
from prometheus_client import Counter, Gauge
from infrastructure.metrics import exposition
Counter("till_done_total", "Done.").inc(2)
Gauge("till_waiting", "Waiting.", multiprocess_mode="livesum").set(3)
print(os.getpid(), exposition().decode().replace("\\n", "|"))
"""


def work() -> tuple[int, list[str]]:
    """A process that counts two and has three in hand; its id, and what it says when it is asked."""
    done = subprocess.run([sys.executable, "-c", WORK], capture_output=True, text=True, timeout=60, check=True)
    pid, text = done.stdout.split(" ", 1)
    return int(pid), text.split("|")


def test_counts_add_up_over_processes_and_what_a_dead_one_had_in_hand_is_forgotten() -> None:
    with shared_metrics():
        first, alone = work()
        assert "till_done_total 2.0" in alone
        second, together = work()
        assert {"till_done_total 4.0", "till_waiting 6.0"} <= set(together)
        process_ended(first)
        process_ended(second)
        _, at_last = work()
        assert {"till_done_total 6.0", "till_waiting 3.0"} <= set(at_last)


def test_a_process_of_its_own_shows_its_own() -> None:
    _, alone = work()
    assert "till_done_total 2.0" in alone
    process_ended(1)
    assert b"python_info" in exposition()
