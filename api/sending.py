"""The last step of every answer: headers that all carry, compression, and the two messages of ASGI."""

import asyncio
import gzip
from collections.abc import Mapping
from contextlib import aclosing, suppress
from typing import Final

from starlette.types import Receive, Send

from api import negotiation
from api.answers import Answer, Header, StreamedAnswer

WORTH_COMPRESSING: Final = 1_024
STALLED: Final = 30.0
"""Seconds that a client has to take a part of a stream, when all that lies in between is full."""
SECURITY: Final[list[Header]] = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"vary", b"Accept-Encoding, Authorization"),
]
ONLY_TLS: Final = (b"strict-transport-security", b"max-age=31536000")
"""For clients that came over TLS; browsers ignore it elsewhere."""
STRICT_CONTENT: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
PRIVATE: Final = (b"cache-control", b"private, no-cache")
BODILESS: Final = frozenset({204, 304})
KEPT_ON_304: Final = frozenset({b"etag", b"cache-control"})


def conditional(answer: Answer, held: bytes | None) -> Answer:
    """304 where the client holds what it would get; `held` is its If-None-Match."""
    if held is None or answer.status != 200:
        return answer
    etag = next((value for name, value in answer.headers if name == b"etag"), None)
    tags = {tag.strip().removeprefix(b"W/") for tag in held.split(b",")}
    if etag is None or (etag not in tags and b"*" not in tags):
        return answer
    return Answer(304, b"", [each for each in answer.headers if each[0] in KEPT_ON_304])


async def send_answer(
    answer: Answer, send: Send, *, headers: list[Header], given: Mapping[bytes, bytes], with_body: bool
) -> None:
    """`headers` are this request's own; those of the answer are made once, however often it is sent."""
    if answer.whole is None:
        answer.whole = _whole(answer)
    body = answer.body
    headers += answer.whole
    if answer.compressible and len(body) >= WORTH_COMPRESSING and negotiation.takes_gzip(given):
        if answer.packed is None:
            answer.packed = gzip.compress(body, compresslevel=5, mtime=0)
        body = answer.packed
        headers.append((b"content-encoding", b"gzip"))
    if answer.status not in BODILESS:
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body if with_body else b""})


async def send_stream(
    answer: StreamedAnswer, receive: Receive, send: Send, *, headers: list[Header], with_body: bool
) -> None:
    """Until it ends, or the client is gone, or takes nothing for a while."""
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": [*headers, *_whole(answer)]})
        if not with_body:
            await send({"type": "http.response.body", "body": b""})
            return
        sending, leaving = asyncio.create_task(_send_chunks(answer, send)), asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
                with suppress(asyncio.CancelledError, TimeoutError):
                    await task
    finally:
        await answer.release()


async def _send_chunks(answer: StreamedAnswer, send: Send) -> None:
    """Raises TimeoutError where the client does not take them."""
    async with aclosing(answer.chunks) as chunks:
        async for chunk in chunks:
            async with asyncio.timeout(STALLED):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _whole(answer: Answer) -> list[Header]:
    names = {name for name, _ in answer.headers}
    defaults = [each for each in (*SECURITY, STRICT_CONTENT, PRIVATE) if each[0] not in names]
    return [*answer.headers, *defaults]
