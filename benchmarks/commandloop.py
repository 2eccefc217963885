"""Checkouts per second through the command loop, against plain INSERTs of the rows that they wrote."""

import math
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from application.ports.commands import CommandBus, Envelope
from benchmarks.ceiling import CapturingWriter, Ceiling
from benchmarks.checkouts import checkouts, fill_carts
from benchmarks.results import Results, Target, median_ratio
from domain.shared.identifiers import ProductId
from tests.support.crowd import Crowd, submit_all

ROUNDS = 3
TURNS = 6
"""Of the loop and the ceiling within a round: short, so that the worker, which follows, disturbs both alike."""
SPREAD = "1,000 SKUs"
ORDERS = {1: 500, 16: 1_500, 64: 2_500}
"""Checkouts per round, by how many are in flight."""
OF_THE_CEILING = Target(0.45)
HOT_OF_SPREAD = Target(0.8)

Place = tuple[int, str]
"""In flight, and `one SKU` or SPREAD."""


async def measure(bus: CommandBus, writer: CapturingWriter, crowd: Crowd, results: Results) -> None:
    """Real checkouts and their ceiling by turns, so that a disturbance meets both."""
    ceiling = Ceiling((await writer.connection()).info.dsn)
    bench = _Bench(bus, writer, crowd, ceiling)
    try:
        for _ in range(ROUNDS):
            for in_flight in ORDERS:
                for choice, products in (("one SKU", crowd.products[:1]), (SPREAD, crowd.products)):
                    await bench.round((in_flight, choice), products)
        strangers = ceiling.strangers()
    finally:
        ceiling.close()
    if strangers:
        raise RuntimeError(f"{strangers} rows of the ceiling are not the log's")
    bench.report(results)


@dataclass(slots=True)
class _Bench:
    """Rates of every round, in checkouts per second."""

    bus: CommandBus
    writer: CapturingWriter
    crowd: Crowd
    ceiling: Ceiling
    rates: defaultdict[Place, list[float]] = field(default_factory=lambda: defaultdict(list))
    ceilings: defaultdict[Place, list[float]] = field(default_factory=lambda: defaultdict(list))

    async def round(self, place: Place, products: Sequence[ProductId]) -> None:
        buyers = self.crowd.buyers[: ORDERS[place[0]]]
        await fill_carts(self.bus, buyers, products)
        wanted = checkouts(buyers)
        share = math.ceil(len(wanted) / TURNS)
        spent, bound = 0.0, 0.0
        for start in range(0, len(wanted), share):
            self.writer.captured = []
            spent += await self._timed(wanted[start : start + share], in_flight=place[0])
            batches, self.writer.captured = self.writer.captured, None
            bound += self.ceiling.insert(batches)
        self.rates[place].append(len(wanted) / spent)
        self.ceilings[place].append(len(wanted) / bound)

    async def _timed(self, wanted: Sequence[Envelope], *, in_flight: int) -> float:
        started = perf_counter()
        await submit_all(self.bus, wanted, in_flight=in_flight)
        return perf_counter() - started

    def report(self, results: Results) -> None:
        for place, rates in self.rates.items():
            in_flight, choice = place
            bound = f"ceiling, {in_flight} in flight, {choice}"
            results.add(bound, statistics.median(self.ceilings[place]), "checkouts/s")
            results.add(
                f"checkout, {in_flight} in flight, {choice}",
                statistics.median(rates),
                "checkouts/s",
                ratio=median_ratio(rates, self.ceilings[place]),
                ratio_to=bound,
                target=OF_THE_CEILING if in_flight == 64 else None,
            )
        hot, spread = self.rates[64, "one SKU"], self.rates[64, SPREAD]
        results.add(
            "checkout, everybody on one SKU",
            statistics.median(hot),
            "checkouts/s",
            ratio=median_ratio(hot, spread),
            ratio_to=f"checkout, 64 in flight, {SPREAD}",
            target=HOT_OF_SPREAD,
        )
