"""The live levels over a WebSocket: it speaks, and listens only for the end."""

import asyncio
from contextlib import AsyncExitStack, aclosing, suppress
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api import identity
from api.answers import encode
from api.errors import from_fault, internal
from api.live_levels import Follower
from api.live_streams import Heartbeat, LiveQuery, batches, update
from api.problems import Problem
from api.routing import query_of
from api.running import Running
from api.sending import STALLED

PATH: Final = "/api/v1/inventory/live"
CONTEXT: Final = "inventory"
MOST_HEARD: Final = 100
"""Messages that a client may send, all of which are passed over."""
GOING_AWAY, POLICY = 1001, 1008


def route() -> WebSocketRoute:
    return WebSocketRoute(PATH, live, name="live_levels")


async def live(socket: WebSocket) -> None:
    """Refused as any request is, before it is accepted; then told what there is, and what changes."""
    running: Running = socket.app.running()
    async with AsyncExitStack() as stack:
        try:
            follower = await _admitted(socket, running, stack)
        except Exception as error:  # noqa: BLE001 - the last place where a fault can still become an answer
            await _refuse(socket, error)
            return
        await socket.accept()
        await _speak(socket, follower)


async def _admitted(socket: WebSocket, running: Running, stack: AsyncExitStack) -> Follower:
    """Raises a Problem."""
    given = dict(socket.scope["headers"])
    settings = running.services.settings
    _require_origin(socket.headers, settings.cors_origins)
    peer = socket.client.host if socket.client else None
    client = identity.client_address(peer, given.get(b"x-forwarded-for"), settings.trusted_proxies)
    address = identity.counted_as(client)
    claims = identity.claims_of(given, running.services)
    await running.limits.request(account=str(claims.account) if claims else None, address=address)
    query = query_of(LiveQuery, socket.scope["query_string"], currency=settings.store_currency)
    stack.enter_context(running.places.place(address))
    return await stack.enter_async_context(running.levels.follow(query.chosen, after=None))


def _require_origin(headers: Headers, allowed: tuple[str, ...]) -> None:
    """A browser says whose page asks: ours, or one that may. Raises a Problem for others."""
    origin = headers.get("origin")
    if origin is None or origin in allowed or "*" in allowed:
        return
    if urlsplit(origin).netloc != headers.get("host"):
        raise Problem(403, "origin-not-allowed", "Pages of this origin may not listen; CORS_ORIGINS says which may.")


async def _refuse(socket: WebSocket, error: Exception) -> None:
    problem = from_fault(error, executed=False) or internal()
    answer = problem.answer(instance=PATH, request_id=socket.headers.get("x-request-id", ""))
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    with suppress(WebSocketDisconnect):
        await socket.send_denial_response(Response(answer.body, answer.status, headers))


async def _speak(socket: WebSocket, follower: Follower) -> None:
    """Until the client leaves, says too much or takes nothing, or the process stops."""
    speaking = asyncio.create_task(_tell(socket, follower))
    hearing = asyncio.create_task(_hear(socket))
    try:
        await asyncio.wait({speaking, hearing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (speaking, hearing):
            task.cancel()
        results = await asyncio.gather(speaking, hearing, return_exceptions=True)
    code = GOING_AWAY if follower.over else POLICY
    if socket.application_state is WebSocketState.CONNECTED and socket.client_state is WebSocketState.CONNECTED:
        with suppress(WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(1):
                await socket.close(code)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect | TimeoutError):
            raise result


async def _tell(socket: WebSocket, follower: Follower) -> None:
    """Raises TimeoutError where the client does not take it."""
    begun = False
    async with aclosing(batches(follower)) as found:
        async for changes in found:
            async with asyncio.timeout(STALLED):
                for change in changes:
                    await socket.send_text(update(change).decode())
                if not changes or (follower.idle and not begun):
                    begun = True
                    await socket.send_text(encode(Heartbeat(position=follower.reached)).decode())


async def _hear(socket: WebSocket) -> None:
    """Raises WebSocketDisconnect when the client leaves."""
    for _ in range(MOST_HEARD):
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
