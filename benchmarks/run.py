"""Everything that is measured, in one run with the worker running: `python -m benchmarks.run [--only NAME]`."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks import cart_size, commandloop, processes, readside, search, streaming, web
from benchmarks.loops import CURRENCY, open_loop
from benchmarks.results import LATEST, Results
from benchmarks.shop import open_shop, processes_of, server_processes
from benchmarks.web import Ammunition
from tests.support.broker import NoBroker, first_open, running_broker, sources
from tests.support.crowd import Crowd, gather_crowd, minted
from tests.support.system import System, answers, eventually, free_port

BUYERS = 3_000
PRODUCTS = 1_000
WIDTH = 170
"""Characters, where the output is kept in a file."""
SHOPPERS = 200
"""Buyers who send requests."""
ROOT = Path(__file__).parents[1]
NEEDS_WRK = frozenset({"http", "cart", "search"})
NEEDS_KAFKA = frozenset({"streaming"})


@dataclass(slots=True)
class Run:
    """What the stages share."""

    shop: System
    crowd: Crowd
    results: Results
    ammunition: Ammunition


def commandloop_stage(run: Run) -> None:
    async def measure() -> None:
        async with open_loop(run.shop.database) as (bus, writer):
            await commandloop.measure(bus, writer, run.crowd, run.results)

    uvloop.run(measure())


def processes_stage(run: Run) -> None:
    processes.measure(run.shop.database, run.results, run.crowd)


def projections_stage(run: Run) -> None:
    async def measure() -> None:
        with run.shop.connection() as connection:
            async with open_loop(run.shop.database) as (bus, _):
                await readside.measure_projections(bus, run.crowd, run.results, connection)

    uvloop.run(measure())


def http_stage(run: Run) -> None:
    _wait_until_projected(run)
    tokens = minted(run.shop, run.crowd.buyers[:SHOPPERS])
    scenarios = run.ammunition.scenarios(tokens=tokens, products=[str(each) for each in run.crowd.products])
    with _bare_server() as bare:
        web.measure(run.shop.url, bare, scenarios, run.results, paths=run.ammunition.keep("bare", ["/"]))


def cart_stage(run: Run) -> None:
    _wait_until_projected(run)
    buyers = run.crowd.buyers[-len(cart_size.LINES) :]
    tokens, products = minted(run.shop, buyers), [str(each) for each in run.crowd.products]
    cart_size.measure(run.shop.url, tokens, products, run.results, ammunition=run.ammunition)


def replay_stage(run: Run) -> None:
    uvloop.run(readside.measure_replay(run.shop.database, run.results))


def memory_stage(run: Run) -> None:
    readside.measure_memory(processes_of(run.shop), server_processes(run.shop), run.results)


def search_stage(run: Run) -> None:
    async def fill() -> None:
        async with open_loop(run.shop.database) as (bus, _):
            await search.fill(bus)

    uvloop.run(fill())
    _wait_until_projected(run)
    with run.shop.connection() as connection:
        search.explain(connection, run.results)
    search.measure(run.shop.url, run.results, ammunition=run.ammunition)


def streaming_stage(run: Run) -> None:
    with tempfile.TemporaryDirectory(prefix="till-bench-streaming-") as home, running_broker(Path(home)) as broker:
        streaming.measure(Path(home), broker, run.results)


STAGES: Mapping[str, Callable[[Run], None]] = {
    "commandloop": commandloop_stage,
    "processes": processes_stage,
    "http": http_stage,
    "cart": cart_stage,
    "projections": projections_stage,
    "replay": replay_stage,
    "memory": memory_stage,
    "search": search_stage,
    "streaming": streaming_stage,
}


Only = Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(STAGES)}; may be repeated.")]


def main(only: Only = None) -> None:
    """Measure, print the table, and write benchmarks/results/latest.json after a full run."""
    chosen = _chosen(only or list(STAGES))
    console, results = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH), Results()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, tempfile.TemporaryDirectory(prefix="till-bench-") as home:
        task = progress.add_task("open the shop")
        with open_shop(Path(home) / "shop") as shop:
            run = Run(shop, _crowd(shop), results, _ammunition(Path(home)))
            for stage in chosen:
                progress.update(task, description=stage)
                STAGES[stage](run)
    results.show(console)
    if not only:
        results.write()
        console.print(f"Written to {LATEST.relative_to(ROOT)}.")
    for each in results.missed:
        console.print(f"missed: {each.name}", style="red")


def _chosen(names: list[str]) -> list[str]:
    """Raises typer.BadParameter for what there is not; leaves out what needs wrk or Kafka where there is none."""
    if unknown := sorted({*names} - {*STAGES}):
        raise typer.BadParameter(f"there is no {', '.join(unknown)}; there are {', '.join(STAGES)}")
    if shutil.which("wrk") is None:
        print(f"Without wrk these are left out: {', '.join(sorted(NEEDS_WRK))}.", file=sys.stderr)
        names = [name for name in names if name not in NEEDS_WRK]
    if NEEDS_KAFKA.intersection(names) and (reason := _without_kafka()):
        print(
            f"Without Kafka these are left out: {', '.join(sorted(NEEDS_KAFKA))}. There is {reason}.", file=sys.stderr
        )
        names = [name for name in names if name not in NEEDS_KAFKA]
    return [name for name in STAGES if name in names]


def _without_kafka() -> str | None:
    """The reason, where there is no way to a broker."""
    try:
        first_open(sources(os.environ))
    except NoBroker as reason:
        return str(reason)
    return None


def _crowd(shop: System) -> Crowd:
    async def gather() -> Crowd:
        async with open_loop(shop.database) as (bus, _):
            return await gather_crowd(bus, buyers=BUYERS, products=PRODUCTS, currency=CURRENCY)

    return uvloop.run(gather())


def _ammunition(home: Path) -> Ammunition:
    directory = home / "ammunition"
    directory.mkdir()
    return Ammunition(directory)


def _wait_until_projected(run: Run) -> None:
    with run.shop.connection() as connection:
        eventually("a quiet log", lambda: readside.lag(connection)[1] == 0, seconds=readside.CATCH_UP_SECONDS)


@contextmanager
def _bare_server() -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.bare", str(port)], cwd=ROOT)
    try:
        eventually("the bare server", lambda: answers(url))
        yield url
    finally:
        server.terminate()
        server.wait(timeout=10)


if __name__ == "__main__":
    typer.run(main)
