"""Events per second from the log over Kafka into one read model, against what Kafka's clients alone can do."""

import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import msgspec
import psutil

from benchmarks.results import Results, Target, median_ratio
from benchmarks.streaming_bare import Report, Task
from benchmarks.streaming_line import READ_MODEL, Line
from benchmarks.streaming_processors import Meter
from benchmarks.streaming_quarry import Quarry

ROUNDS = 3
EVENTS = 20_000
"""Of each round."""
WARM_UP = 2_000
OF_THE_SLOWER = Target(0.4)
BARE_SECONDS = 120
ROOT = Path(__file__).parents[1]
LINE = f"log, relay, Kafka, Faust, {READ_MODEL.name}"
BARE = {"bare kafka-python producer": "produce", "bare aiokafka consumer": "consume"}

Parts = Mapping[str, Iterable[psutil.Process]]
"""Of the running system, by the names that they are reported by."""


@dataclass(slots=True)
class Bench:
    """The line and the bare clients by turns, beside the same running shop, with the same messages."""

    line: Line
    quarry: Quarry
    parts: Callable[[], Parts]
    task: Callable[[int], Task]
    """To send or read what the log has after the position, in topics that nothing was sent to yet."""
    rates: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    shares: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def measure(self, results: Results) -> None:
        """What comes first warms up, and is not counted."""
        with self.line.dammed():
            self.quarry.append(self.line.log, WARM_UP)
        self.line.drain()
        for number in range(ROUNDS):
            self._pass()
            task = self.task(WARM_UP + number * EVENTS)
            for name, what in BARE.items():
                self.rates[name].append(EVENTS / _seconds(msgspec.structs.replace(task, what=what)))
        self._report(results)

    def _pass(self) -> None:
        """From when the relay may send the first event until the last is in the read model."""
        with self.line.dammed():
            self.quarry.append(self.line.log, EVENTS)
            meter = Meter(self.parts())
            started = perf_counter()
        self.line.drain()
        self.rates[LINE].append(EVENTS / (perf_counter() - started))
        for name, share in meter.shares().items():
            self.shares[name].append(share)

    def _report(self, results: Results) -> None:
        medians = {name: statistics.median(rates) for name, rates in self.rates.items()}
        for name in BARE:
            results.add(name, medians[name], "messages/s")
        slower = min(BARE, key=medians.__getitem__)
        ratio = median_ratio(self.rates[LINE], map(min, *(self.rates[name] for name in BARE)))
        results.add(LINE, medians[LINE], "events/s", ratio=ratio, ratio_to=slower, target=OF_THE_SLOWER)
        for name, shares in self.shares.items():
            results.add(f"{LINE}: {name}", statistics.median(shares), "% of a processor")


def _seconds(task: Task) -> float:
    """Of a client in a process of its own, without the time that it takes to start."""
    arguments = (sys.executable, "-m", "benchmarks.streaming_bare", msgspec.json.encode(task).decode())
    told = subprocess.run(arguments, cwd=ROOT, check=True, stdout=subprocess.PIPE, timeout=BARE_SECONDS)
    return msgspec.json.decode(told.stdout, type=Report).seconds
