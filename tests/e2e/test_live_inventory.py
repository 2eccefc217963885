"""The live inventory of a running shop, whichever process a client is with, and a stop that waits for nobody."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.caller import Caller, check_out, listed
from tests.support.modes import Mode
from tests.support.system import System, eventually

PATH = "/api/v1/inventory"
SECONDS = 20.0


def socket(shop: System, *products: str) -> ClientConnection:
    query = "&".join(f"productId={product}" for product in products)
    return connect(f"{shop.url.replace('http', 'ws', 1)}{PATH}/live?{query}", close_timeout=5)


def told(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = msgspec.json.decode(socket.recv(SECONDS))
    return message


@contextmanager
def lines(shop: System, product: str, after: str = "") -> Iterator[Iterator[str]]:
    """Of a stream of events."""
    url = f"{shop.url}{PATH}/events?productId={product}"
    with httpx.stream("GET", url, headers={"Last-Event-ID": after}, timeout=SECONDS) as answer:
        yield (line for line in answer.iter_lines() if line.startswith(("data: ", "id: ")))


def until_told(found: Iterator[str], available: int) -> str:
    """The id that follows; a stream that was told something else first goes on."""
    known = None
    for line in found:
        name, _, value = line.partition(": ")
        if name == "data":
            known = msgspec.json.decode(value)["available"]
        elif known == available:
            return value
    raise AssertionError("the stream has ended")


def test_everybody_is_told_of_a_sale(shop: System, seller: Caller, buyer: Caller) -> None:
    product = listed(seller, quantity=10)
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket(shop, product)) for _ in range(4)]
        assert [told(each)["available"] for each in sockets] == [10] * 4
        events = stack.enter_context(lines(shop, product))
        left = until_told(events, 10)
        check_out(buyer, product, 3)
        for each in sockets:
            while (message := told(each))["type"] == "HEARTBEAT":
                continue
            assert (message["productId"], message["available"]) == (product, 7)
        until_told(events, 7)
    check_out(buyer, product, 2)
    with lines(shop, product, after=left) as events:
        until_told(events, 5)


@pytest.mark.parametrize("api_processes", [2])
def test_a_stop_ends_those_who_listen(mode: Mode, tmp_path: Path, api_processes: int) -> None:
    system = System(tmp_path, api_processes=api_processes, environment=mode.environment())
    with system, ExitStack() as stack:
        sockets = [stack.enter_context(socket(system)) for _ in range(20)]
        answers = [
            stack.enter_context(httpx.stream("GET", f"{system.url}{PATH}/events", timeout=SECONDS)) for _ in range(20)
        ]
        assert {told(each)["type"] for each in sockets} == {"INVENTORY_UPDATE"}
        began = time.monotonic()
        for process in system.processes("api"):
            process.terminate()
        for each in sockets:
            assert ended(each) in {1001, 1012}
        for answer in answers:
            for _ in answer.iter_raw():
                continue
        assert time.monotonic() - began < 5, "nobody is waited for"
        eventually("served again", system.ready)
    assert system.exit_code == 0, system.last_lines()


def ended(socket: ClientConnection) -> int | None:
    """The code that the server closes with, whatever it says before."""
    try:
        while True:
            socket.recv(SECONDS)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
