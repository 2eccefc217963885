"""Bodies as they arrive."""

from collections.abc import Mapping

from starlette.types import Receive

from api.problems import Problem

TOO_LARGE = "The body is larger than {limit:,} bytes."


async def received(receive: Receive, given: Mapping[bytes, bytes], *, limit: int) -> bytes:
    """Bounded while it arrives, so that a chunked body cannot grow beyond the limit either. Raises 413."""
    declared = given.get(b"content-length", b"0")
    chunks: list[bytes] = []
    size = int(declared) if declared.isdigit() else 0
    if size <= limit:
        size, more = 0, True
        while more and size <= limit:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Problem(400, "disconnected", "The client went away.")
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            more = message.get("more_body", False)
    if size > limit:
        raise Problem(413, "body-too-large", TOO_LARGE.format(limit=limit), headers=[(b"connection", b"close")])
    return b"".join(chunks)
