"""A real server in front of the shop, and clients that listen to its live inventory."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from api.app import create_app
from infrastructure.cli.serving import Server, uvicorn_config
from infrastructure.services import ApiServices
from infrastructure.supervision.listening import listen
from tests.support.system import free_port

PATH = "/api/v1/inventory"
SOON = 10.0
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True)
class Event:
    """One server-sent event; one that has an id alone is shown to nobody, but changes where a client goes on."""

    id: str | None
    data: Any


class Listening:
    """A server that serves the shop on a socket of its own."""

    def __init__(self, port: int, server: Server) -> None:
        self.server = server
        self.address = f"127.0.0.1:{port}"
        self.http = f"http://{self.address}"

    async def stop(self) -> None:
        """As SIGTERM does."""
        self.server.should_exit = True

    def socket(self, *products: str, path: str = f"{PATH}/live", **options: Any) -> connect:
        return connect(f"ws://{self.address}{path}{_query(products)}", **options)

    @asynccontextmanager
    async def events(self, *products: str, after: str | None = None) -> AsyncIterator["Events"]:
        headers = {} if after is None else {"Last-Event-ID": after}
        async with (
            httpx.AsyncClient(base_url=self.http, timeout=SOON) as client,
            client.stream("GET", f"{PATH}/events{_query(products)}", headers=headers) as answer,
            aclosing(_events(answer)) as found,
        ):
            yield Events(answer, found)


class Events:
    def __init__(self, answer: httpx.Response, found: AsyncGenerator[Event, None]) -> None:
        self.answer = answer
        self._found = found
        self.id: str | None = None
        """Of the last event that had one: where a client would go on."""

    async def next(self) -> Event:
        """Raises StopAsyncIteration where the stream has ended."""
        async with asyncio.timeout(SOON):
            event = await anext(self._found)
        self.id = event.id or self.id
        return event

    async def rest(self) -> list[Event]:
        """Everything up to the end of the stream."""
        async with asyncio.timeout(SOON):
            return [event async for event in self._found]

    async def until_idle(self) -> dict[str, int]:
        """What there is of each product that was told of, when all has been told."""
        known: dict[str, int] = {}
        while True:
            event = await self.next()
            if event.data is not None:
                known[event.data["productId"]] = event.data["available"]
            if event.id is not None:
                return known


@asynccontextmanager
async def listening(services: ApiServices) -> AsyncIterator[Listening]:
    """Stopped at the end of the block, where it has not been before."""
    config = uvicorn_config()
    app = create_app(settings=services.settings, services=nullcontext(services))
    config.app = lambda: app
    port = free_port()
    server, sock = Server(config), listen("127.0.0.1", port)
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    while not server.started:
        assert not serving.done(), "the server does not start"
        await asyncio.sleep(0)
    try:
        yield Listening(port, server)
    finally:
        server.should_exit = True
        await serving


async def told(socket: ClientConnection) -> dict[str, Any]:
    """The next message."""
    async with asyncio.timeout(SOON):
        message: dict[str, Any] = _decode(await socket.recv())
    return message


async def last_words(socket: ClientConnection) -> int | None:
    """The code that the server closes with, whatever it says before."""
    async with asyncio.timeout(SOON):
        await socket.wait_closed()
    return socket.close_code


async def snapshot(socket: ClientConnection) -> dict[str, int]:
    """What there is of each product, up to the first heartbeat."""
    known: dict[str, int] = {}
    while (message := await told(socket))["type"] != "HEARTBEAT":
        known[message["productId"]] = message["available"]
    return known


async def _events(answer: httpx.Response) -> AsyncGenerator[Event, None]:
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        data = fields.get("data")
        if "id" in fields or data is not None:
            yield Event(fields.get("id"), None if data is None else _decode(data))
        fields = {}


def _query(products: tuple[str, ...]) -> str:
    return "?" + "&".join(f"productId={each}" for each in products) if products else ""
