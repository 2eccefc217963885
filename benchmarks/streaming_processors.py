"""What each part of a running system takes of the machine's processors."""

from collections.abc import Iterable, Mapping
from time import perf_counter

import psutil


class Meter:
    """Read before and after. A process that ends meanwhile counts as far as it was seen."""

    def __init__(self, parts: Mapping[str, Iterable[psutil.Process]]) -> None:
        self._parts = {name: list(processes) for name, processes in parts.items()}
        self._before = self._read()
        self._since = perf_counter()

    def shares(self) -> dict[str, float]:
        """Since it was made: 100 is one processor. What is no part of the system stands under `others`."""
        after, wall = self._read(), perf_counter() - self._since
        used = {name: after[name] - before for name, before in self._before.items()}
        used["others"] = max(0.0, used.pop("machine") - sum(used.values()))
        return {name: seconds / wall * 100 for name, seconds in used.items()}

    def _read(self) -> dict[str, float]:
        seconds = {name: sum(map(_spent, processes)) for name, processes in self._parts.items()}
        times = psutil.cpu_times()
        return seconds | {"machine": sum(times) - times.idle - getattr(times, "iowait", 0.0)}


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
