"""How long after its commit an event is in the read models that Faust feeds, while commands keep coming."""

import asyncio
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter

from application.ports.commands import CommandBus, Envelope
from benchmarks.results import Results, Target
from benchmarks.streaming_purchases import Purchase, carried_out, purchase
from benchmarks.streaming_watch import Watch, watching
from infrastructure.bootstrap.tables import READ_MODELS
from tests.support.crowd import Crowd

ROUNDS = 3
SECONDS = 12.0
RATE = 26
"""Purchases per second, of eight events each: a little over 200 events per second."""
BUYERS = (ROUNDS + 1) * int(SECONDS * RATE)
"""Everybody buys once."""
BETWEEN = 0.1
"""Seconds from one of a purchase's commands to the next."""
ARRIVAL = 30.0
POLL = 0.02
PERCENTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
TARGETS = {"p50": Target(50, at_most=True), "p99": Target(250, at_most=True)}


@dataclass(frozen=True, slots=True)
class Commit:
    """One command's. Readings of the machine's clock."""

    due: float
    """When it was to be sent, whether or not those before it had been answered."""
    acknowledged: float
    events: int
    slots: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds, each list sorted."""

    rate: float
    """Events per second."""
    per_model: Sequence[float]
    """From a commit until a read model had all of it: one figure for each of those that consume any of it."""
    all_models: Sequence[float]
    """From a commit until the last of them had it."""
    since_due: Sequence[float]
    """From when a command was to be sent until then: what somebody in a queue would have seen."""
    between_looks: Sequence[float]


async def measure(bus: CommandBus, database: str, crowd: Crowd, results: Results) -> None:
    """Some rounds after one that warms up and is not counted."""
    rounds = [await _round(bus, database, purchases) for purchases in _purchases(crowd, ROUNDS + 1)][1:]
    results.add("commands over Kafka, load", statistics.median(each.rate for each in rounds), "events/s")
    _report("commit to read model", [each.per_model for each in rounds], results, TARGETS)
    _report("commit to the last of its read models", [each.all_models for each in rounds], results, TARGETS)
    _report("planned command to the last of its read models", [each.since_due for each in rounds], results, {})
    _report("commit to read model, between two looks", [each.between_looks for each in rounds], results, {})


def _report(name: str, rounds: list[Sequence[float]], results: Results, targets: Mapping[str, Target]) -> None:
    for percentile, share in PERCENTILES.items():
        value = statistics.median(_at(share, times) for times in rounds) * 1_000
        results.add(f"{name}, {percentile}", value, "ms", target=targets.get(percentile))


def _at(share: float, times: Sequence[float]) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]


def _purchases(crowd: Crowd, rounds: int) -> Iterator[list[Purchase]]:
    """Those of each round."""
    count = int(SECONDS * RATE)
    for start in range(0, rounds * count, count):
        buyers = crowd.buyers[start : start + count]
        yield [purchase(buyer, crowd.products[number % len(crowd.products)]) for number, buyer in enumerate(buyers)]


async def _round(bus: CommandBus, database: str, purchases: Sequence[Purchase]) -> Round:
    async with watching(database) as watch:
        started = perf_counter() + 0.1
        commits = await _send(bus, _plan(purchases, started))
        lasted = max(commit.acknowledged for commit in commits) - started
        async with asyncio.timeout(ARRIVAL):
            while not all(None not in _arrivals(watch, commit) for commit in commits):  # noqa: ASYNC110 - other processes
                await asyncio.sleep(POLL)
    return _read(watch, commits, lasted)


def _plan(purchases: Sequence[Purchase], started: float) -> list[tuple[float, Envelope]]:
    """What is to be sent when, in order of time."""
    planned = [
        (started + number / RATE + step * BETWEEN, command)
        for number, commands in enumerate(purchases)
        for step, command in enumerate(commands)
    ]
    return sorted(planned, key=lambda each: each[0])


async def _send(bus: CommandBus, plan: Sequence[tuple[float, Envelope]]) -> list[Commit]:
    """Everything at its time: nobody waits for an answer to somebody else."""

    async def send(due: float, command: Envelope) -> Commit:
        outcome = await carried_out(bus, command)
        acknowledged = perf_counter()
        first, last = outcome.first_position, outcome.last_position
        assert first is not None
        assert last is not None
        return Commit(due, acknowledged, last - first + 1, outcome.slots)

    async with asyncio.TaskGroup() as tasks:
        sent = []
        for due, command in plan:
            await asyncio.sleep(max(0.0, due - perf_counter()))
            sent.append(tasks.create_task(send(due, command)))
    return [task.result() for task in sent]


def _arrivals(watch: Watch, commit: Commit) -> list[float | None]:
    """When each read model that consumes any of it had it."""
    wanted = [(model.name, watch.consumed(model.name, commit.slots)) for model in READ_MODELS]
    return [watch.reached(name, slots) for name, slots in wanted if slots]


def _read(watch: Watch, commits: Sequence[Commit], lasted: float) -> Round:
    per_model, all_models, since_due = list[float](), list[float](), list[float]()
    for commit in commits:
        arrivals = [arrival for arrival in _arrivals(watch, commit) if arrival is not None]
        # An answer may be read from its socket after the look that saw what it answers.
        per_model += [max(0.0, arrival - commit.acknowledged) for arrival in arrivals]
        all_models.append(max(0.0, max(arrivals) - commit.acknowledged))
        since_due.append(max(arrivals) - commit.due)
    return Round(
        rate=sum(commit.events for commit in commits) / lasted,
        per_model=sorted(per_model),
        all_models=sorted(all_models),
        since_due=sorted(since_due),
        between_looks=sorted(later - earlier for earlier, later in pairwise(watch.looks)),
    )
