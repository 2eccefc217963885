"""Answers: a status, headers and bytes; encoded by msgspec, so that amounts keep their decimals."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

Header = tuple[bytes, bytes]

JSON = b"application/json"
PROBLEM = b"application/problem+json"

encode = msgspec.json.Encoder(decimal_format="number").encode


class Answer:
    """What goes back to the client, before the edge adds what every answer carries."""

    __slots__ = ("body", "compressible", "headers", "packed", "status", "until", "whole")

    def __init__(self, status: int, body: bytes, headers: Sequence[Header] = (), *, compressible: bool = True) -> None:
        self.status = status
        self.compressible = compressible
        self.body = body
        self.headers = list(headers)
        self.whole: list[Header] | None = None
        """All headers it is sent with, once it was; kept, because an answer may be sent many times."""
        self.until: datetime | None = None
        """When what it shows changes by itself, as a sale begins or ends."""
        self.packed: bytes | None = None
        """The body compressed, likewise."""


class StreamedAnswer(Answer):
    """An answer whose body comes little by little. `release` is awaited when it has ended, whatever ended it."""

    __slots__ = ("chunks", "release")

    def __init__(
        self, chunks: AsyncGenerator[bytes, None], headers: Sequence[Header], *, release: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(200, b"", headers)
        self.chunks = chunks
        self.release = release


class View(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A resource, or a part of one, as clients see it. Amounts are Decimals with the currency's decimals."""


def json_answer(body: View, *, status: int = 200, headers: Sequence[Header] = ()) -> Answer:
    return Answer(status, encode(body), [(b"content-type", JSON), *headers])


def created(body: View, *, location: str, version: int | None = None) -> Answer:
    """201 with the resource and where to find it."""
    return json_answer(body, status=201, headers=[(b"location", location.encode()), *etag(version)])


def versioned(body: View, version: int, validator: object = "", *, status: int = 200) -> Answer:
    """The resource with its ETag."""
    return json_answer(body, status=status, headers=etag(version, validator))


def no_content() -> Answer:
    return Answer(204, b"")


def etag(version: int | None, validator: object = "") -> list[Header]:
    """`"7"`, or `"7.<validator>"` where more than the resource's own stream shows in it."""
    if version is None:
        return []
    suffix = f".{validator}" if validator != "" else ""
    return [(b"etag", f'"{version}{suffix}"'.encode())]


def plain(status: int, body: bytes, media_type: str, headers: Sequence[Header] = ()) -> Answer:
    """Something other than JSON."""
    return Answer(status, body, [(b"content-type", media_type.encode()), *headers])


def schema_components(types: Sequence[type[Any]]) -> dict[str, Any]:
    """JSON schemas of the answers by name, for OpenAPI."""
    _, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    return components
