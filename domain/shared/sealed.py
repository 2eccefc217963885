"""Personal data as events hold it: unreadable without the key of the person it speaks of."""

from uuid import UUID

import msgspec


class Sealed(msgspec.Struct, frozen=True):
    """Text sealed with one person's key. When that key is destroyed the text is forgotten, wherever it is stored."""

    person: UUID
    box: str
    """Nonce and authenticated ciphertext, URL-safe base64 without padding."""
