"""Everybody on one SKU, from one process and from two: the price of other writers to the same stream."""

import statistics
import subprocess
import sys
from pathlib import Path
from typing import IO

import msgspec

from benchmarks.loop_process import Order, Report
from benchmarks.results import Results, Target, median_ratio
from tests.support.crowd import Crowd

ROUNDS = 3
ORDERS = 1_500
"""Checkouts of each process."""
IN_FLIGHT = 64
TWO_OF_ONE = Target(0.5)
ROOT = Path(__file__).parents[1]


def measure(database: str, results: Results, crowd: Crowd) -> None:
    """One and two processes by turns."""
    alone, together = list[float](), list[float]()
    for _ in range(ROUNDS):
        for processes, rates in ((1, alone), (2, together)):
            rates.append(_rate(database, crowd, processes))
    one, two = "checkout, one process on one SKU", "checkout, two processes on one SKU"
    results.add(one, statistics.median(alone), "checkouts/s")
    ratio = median_ratio(together, alone)
    results.add(two, statistics.median(together), "checkouts/s", ratio=ratio, ratio_to=one, target=TWO_OF_ONE)


def _rate(database: str, crowd: Crowd, processes: int) -> float:
    """All their checkouts over the time from the first's start to the last's end."""
    shares = [crowd.buyers[n * ORDERS : (n + 1) * ORDERS] for n in range(processes)]
    orders = [Order(database, crowd.products[0], list(share), IN_FLIGHT) for share in shares]
    children = [_start() for _ in orders]
    try:
        for child, order in zip(children, orders, strict=True):
            _tell(child, msgspec.json.encode(order))
        for child in children:
            _pipe(child.stdout).readline()
        for child in children:
            _tell(child, b"go")
        reports = [msgspec.json.decode(_pipe(child.stdout).readline(), type=Report) for child in children]
    finally:
        for child in children:
            child.communicate(timeout=60)
    elapsed = max(report.ended for report in reports) - min(report.started for report in reports)
    return processes * ORDERS / elapsed


def _start() -> subprocess.Popen[bytes]:
    arguments = (sys.executable, "-m", "benchmarks.loop_process")
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)


def _tell(child: subprocess.Popen[bytes], line: bytes) -> None:
    pipe = _pipe(child.stdin)
    pipe.write(line + b"\n")
    pipe.flush()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
