"""Requests per second and how long they take, at 1, 32 and 64 connections, against a bare route on the same server."""

import json
import statistics
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from benchmarks.results import Results, Target, median_ratio

LUA = Path(__file__).parent / "lua"
CONNECTIONS = (1, 32, 64)
ROUNDS = 3
SECONDS = 1
JUDGED = (32, 64)
"""Connections at which the targets count: with one, all that is measured is how long a request takes."""
LIST = "/api/v1/products?limit=20"
QUESTIONS = 400
UNCACHED = "application/json;charset=utf-8"
"""An Accept header other than the plain ones is served past the cache."""
SLOWEST = Target(200, at_most=True)
NO_ERRORS = Target(0, at_most=True)
BARE = "bare route"


class Reading(msgspec.Struct, frozen=True):
    """One wrk run; times in milliseconds."""

    rate: float
    p50: float
    p95: float
    p99: float
    errors: int
    """Connections and answers that failed or never came."""
    refused: int
    """Answers with a status of 400 or more."""


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    script: str
    arguments: tuple[str, ...] = ()
    target: Target | None = None
    """Of the rate at the bare route."""


@dataclass(frozen=True, slots=True)
class Ammunition:
    """Files that the scripts read, one item per line."""

    directory: Path

    def keep(self, name: str, lines: Sequence[str]) -> str:
        path = self.directory / name
        path.write_text("".join(f"{line}\n" for line in lines))
        return str(path)

    def scenarios(self, *, tokens: Sequence[str], products: Sequence[str]) -> tuple[Scenario, ...]:
        people, goods = self.keep("tokens", tokens), self.keep("products", products)
        details = self.keep("details", [f"/api/v1/products/{product}" for product in products])
        # Different questions with the same answer: what many ask in the same words at once is rendered once for all.
        questions = self.keep("questions", [f"{LIST}&minPrice={cents / 100:.2f}" for cents in range(1, QUESTIONS + 1)])
        front_page = self.keep("front_page", [LIST])
        return (
            Scenario("product by id, uncached", "get", (details, UNCACHED), Target(0.3)),
            Scenario("product by id, cached", "get", (details, "-"), Target(0.5)),
            Scenario("product list of 20, uncached", "get", (front_page, UNCACHED), Target(0.25)),
            Scenario("product list of 20, uncached, each another filter", "get", (questions, UNCACHED), Target(0.25)),
            Scenario("product list of 20, cached", "get", (front_page, "-"), Target(0.5)),
            Scenario("add to cart", "add", (people, goods), Target(0.18)),
            Scenario("checkout, one line", "order", (people, goods, "1")),
            Scenario("checkout, five lines", "order", (people, goods, "5")),
            Scenario("add, check out, pay", "flow", (people, goods)),
        )


@dataclass(slots=True)
class _Bench:
    shop: str
    bare: str
    scenarios: Sequence[Scenario]
    readings: defaultdict[tuple[str, int], list[Reading]] = field(default_factory=lambda: defaultdict(list))

    def round(self, connections: int, paths: str) -> None:
        """Every scenario once, the bare route first."""
        self.readings[BARE, connections].append(fire(self.bare, "get", (paths, "-"), connections=connections))
        for scenario in self.scenarios:
            reading = fire(self.shop, scenario.script, scenario.arguments, connections=connections)
            self.readings[scenario.name, connections].append(reading)

    def report(self, results: Results) -> None:
        for connections in CONNECTIONS:
            self._report_one(results, BARE, connections, None)
            for scenario in self.scenarios:
                self._report_one(results, scenario.name, connections, scenario.target)
        told = [reading for readings in self.readings.values() for reading in readings]
        results.add("HTTP errors", sum(each.errors for each in told), "requests", target=NO_ERRORS)
        results.add("HTTP refusals", sum(each.refused for each in told), "requests", target=NO_ERRORS)

    def _report_one(self, results: Results, name: str, connections: int, target: Target | None) -> None:
        readings, bare = self.readings[name, connections], self.readings[BARE, connections]
        place = f"{connections} connection{'s' if connections > 1 else ''}"
        is_bare = name == BARE
        results.add(
            f"{name}, {place}",
            statistics.median(each.rate for each in readings),
            "requests/s",
            ratio=None if is_bare else median_ratio([each.rate for each in readings], [each.rate for each in bare]),
            ratio_to=None if is_bare else f"{BARE}, {place}",
            target=target if connections in JUDGED else None,
        )
        for percentile in ("p50", "p95", "p99"):
            value = statistics.median(getattr(each, percentile) for each in readings)
            judged = SLOWEST if percentile == "p95" and connections == 64 else None
            results.add(f"{name}, {place}, {percentile}", value, "ms", target=judged)


def measure(shop: str, bare: str, scenarios: Sequence[Scenario], results: Results, *, paths: str) -> None:
    """`paths` is a file with the bare route's path. A first round warms up and is not counted."""
    bench = _Bench(shop, bare, scenarios)
    bench.round(32, paths)
    bench.readings.clear()
    for _ in range(ROUNDS):
        for connections in CONNECTIONS:
            bench.round(connections, paths)
    bench.report(results)


def fire(url: str, script: str, arguments: Sequence[str], *, connections: int, seconds: int = SECONDS) -> Reading:
    """One run of wrk. Raises RuntimeError where it says nothing."""
    command = ("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(LUA / f"{script}.lua"))
    told = subprocess.run(
        [*command, url, "--", *arguments], capture_output=True, text=True, timeout=seconds + 60, check=False
    )
    for line in told.stdout.splitlines():
        if line.startswith("RESULT "):
            return msgspec.convert(json.loads(line.removeprefix("RESULT ")), Reading, strict=False)
    raise RuntimeError(f"wrk: {told.stdout}{told.stderr}")
