"""Pictures of products: how what somebody sent becomes what the shop keeps, and where it is kept."""

from collections.abc import AsyncIterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec

from domain.shared.identifiers import ImageId
from domain.shared.refusal import Refusal

LARGEST_UPLOAD = 5 * 1024 * 1024
"""Bytes of one image as it is sent."""


class ImageNotAccepted(Refusal):
    """What was sent is no image that the shop takes."""

    code = "image-not-accepted"


class ImagesBusy(Exception):
    """More images wait to be worked on than is reasonable; nothing was done."""


class ImageStoreUnavailable(Exception):
    """The store cannot be reached; what was asked may or may not have been done."""


class Form(StrEnum):
    """Each image is kept twice."""

    FULL = "full"
    THUMBNAIL = "thumbnail"


class ImageKey(NamedTuple):
    """What is kept under it never changes."""

    image: ImageId
    form: Form


class Encoded(msgspec.Struct, frozen=True, kw_only=True):
    """A picture in bytes of our own making: nothing that was sent is in them but what can be seen."""

    data: bytes
    media_type: str
    width: int
    height: int


class Developed(msgspec.Struct, frozen=True, kw_only=True):
    """One upload, ready to be kept."""

    full: Encoded
    thumbnail: Encoded


class ImageDeveloper(Protocol):
    """Turns untrusted bytes into pictures, beside the event loop and never too many at a time."""

    async def develop(self, data: bytes) -> Developed:
        """Raises ImageNotAccepted for what is no image, or too large a one, and ImagesBusy."""


class KeptImage(NamedTuple):
    key: ImageKey
    kept_at: datetime


class ImageStore(Protocol):
    """Bytes under keys. Everything raises ImageStoreUnavailable."""

    async def put(self, key: ImageKey, data: bytes, *, media_type: str) -> None:
        """Whole or not at all, and for good once it returns."""

    async def get(self, key: ImageKey) -> bytes | None:
        """None where nothing is kept."""

    async def remove(self, key: ImageKey) -> None:
        """Once is enough."""

    def kept(self) -> AsyncIterator[KeptImage]:
        """All there is, in no order."""

    async def close(self) -> None: ...
