"""Multipart bodies: fields and files, bounded while they arrive. What a file was called is of no interest."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api import bodies, negotiation
from api.problems import Problem, invalid, unprocessable
from application.ports.images import LARGEST_UPLOAD, ImagesBusy
from domain.catalogue.images import MAX_IMAGES

MULTIPART = b"multipart/form-data"
FILES = frozenset({"images", "images[]", "image"})
"""What the parts are called that hold pictures."""
MOST_FIELDS = 100
LONGEST_FIELD = 256 * 1024
LARGEST_BODY = MAX_IMAGES * LARGEST_UPLOAD + 1024 * 1024
MOST_FORMS = 8
MOST_HEADERS = 16 * 1024
"""Bytes of the header of one part."""
FORM_PROBLEMS = ((413, "image-too-large"), (422, "malformed-form"))

Receive = Callable[[], Awaitable[Any]]


class FormGate:
    """So many forms are taken at a time: each may bring ten files of 5 MiB, which are kept on the disk meanwhile."""

    def __init__(self, most: int = MOST_FORMS) -> None:
        self._free = most

    def enter(self) -> None:
        """Raises ImagesBusy."""
        if self._free < 1:
            raise ImagesBusy("Too many forms are being read.")
        self._free -= 1

    def leave(self) -> None:
        self._free += 1


class Form(msgspec.Struct, frozen=True):
    """A body taken apart. The files have to be closed."""

    fields: dict[str, Any]
    files: tuple[UploadFile, ...]


def is_multipart(given: Mapping[bytes, bytes]) -> bool:
    return given.get(b"content-type", b"").partition(b";")[0].strip().lower() == MULTIPART


async def read_form(given: Mapping[bytes, bytes], receive: Receive, *, json_fields: frozenset[str]) -> Form:
    """Text fields as they are, those in `json_fields` as the JSON that they hold. Raises a Problem."""
    negotiation.require_utf8(given)
    parser = _Parser(Headers(raw=list(given.items())), _chunks(given, receive))
    try:
        parsed = await parser.parse()
    except MultiPartException as error:
        raise unprocessable("malformed-form", f"The body is not a valid form: {error.message}") from error
    items = parsed.multi_items()
    files = [(name, value) for name, value in items if isinstance(value, UploadFile)]
    try:
        for name, _ in files:
            if name not in FILES:
                raise invalid(bodies.pointer([name]), "Images are sent as `images`.")
        texts = [(name, value) for name, value in items if isinstance(value, str)]
        chosen = tuple(file for _, file in files if file.filename or file.size)
        return Form(_fields(texts, json_fields), chosen)
    except BaseException:
        await parsed.close()
        raise


async def digest(upload: UploadFile) -> bytes:
    """Of all that the file holds."""
    await upload.seek(0)
    return blake2b(await upload.read()).digest()


def _fields(texts: list[tuple[str, str]], json_fields: frozenset[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, text in texts:
        if name in fields:
            raise invalid(bodies.pointer([name]), "This field was given twice.")
        fields[name] = _json(name, text) if name in json_fields else text
    return fields


def _json(name: str, text: str) -> Any:
    try:
        return bodies.decode(text.encode())
    except (Problem, UnicodeEncodeError) as error:
        raise invalid(bodies.pointer([name]), "A number, or JSON, is required.") from error


async def _chunks(given: Mapping[bytes, bytes], receive: Receive) -> AsyncGenerator[bytes, None]:
    declared = given.get(b"content-length", b"0")
    size = int(declared) if declared.isdigit() and len(declared) < 19 else 0
    if size > LARGEST_BODY:
        raise _too_large(LARGEST_BODY)
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "disconnected", "The client went away.")
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST_BODY:
            raise _too_large(LARGEST_BODY)
        yield chunk
        more = message.get("more_body", False)


def _too_large(limit: int) -> Problem:
    headers = [(b"connection", b"close")]
    return Problem(413, "body-too-large", f"The body is larger than {limit:,} bytes.", headers=headers)


class _Parser(MultiPartParser):
    """Starlette's, which bounds how many parts there are, with bounds on how large they are."""

    def __init__(self, headers: Headers, stream: AsyncGenerator[bytes, None]) -> None:
        super().__init__(headers, stream, max_files=MAX_IMAGES, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD)
        self._size = 0
        self._header = 0

    def on_part_begin(self) -> None:
        super().on_part_begin()
        self._size = self._header = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._current_part.file is not None and self._size > LARGEST_UPLOAD:
            detail = f"An image has at most {LARGEST_UPLOAD:,} bytes."
            raise Problem(413, "image-too-large", detail, headers=[(b"connection", b"close")])
        super().on_part_data(data, start, end)

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        super().on_header_field(data, start, end)

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        super().on_header_value(data, start, end)

    def _count_header(self, more: int) -> None:
        self._header += more
        if self._header > MOST_HEADERS:
            raise MultiPartException("The header of a part is too long.")
