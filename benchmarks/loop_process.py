"""One process with a command loop of its own, told on stdin what to do: `python -m benchmarks.loop_process`."""

import sys
from time import perf_counter
from typing import Any
from uuid import UUID

import msgspec
import uvloop

from benchmarks.checkouts import checkouts, fill_carts
from benchmarks.loops import open_loop
from domain.shared.identifiers import AccountId, ProductId
from tests.support.crowd import submit_all


class Order(msgspec.Struct, frozen=True):
    """Fill these buyers' carts with the product, say so, wait for a line, check out."""

    database: str
    product: UUID
    buyers: list[UUID]
    in_flight: int


class Report(msgspec.Struct, frozen=True):
    """Readings of the machine's clock, the same for all its processes."""

    started: float
    ended: float


async def run(order: Order) -> None:
    buyers = [AccountId(buyer) for buyer in order.buyers]
    async with open_loop(order.database) as (bus, _):
        await fill_carts(bus, buyers, [ProductId(order.product)])
        wanted = checkouts(buyers)
        _say("ready")
        sys.stdin.readline()
        started = perf_counter()
        await submit_all(bus, wanted, in_flight=order.in_flight)
        _say(Report(started, perf_counter()))


def _say(message: Any) -> None:
    print(msgspec.json.encode(message).decode(), flush=True)


if __name__ == "__main__":
    uvloop.run(run(msgspec.json.decode(sys.stdin.readline(), type=Order)))
