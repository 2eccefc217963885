"""The identity of a command: the same for a request that comes again under the same key."""

from random import getrandbits
from uuid import UUID, uuid5

from api.problems import unprocessable
from domain.shared.refusal import Violation

NAMESPACE = UUID("0b8e2d0c-6a86-5a5e-9df4-9d6b8b0a3c11")
"""Of clients' keys; part of what is stored."""
LONGEST = 255


def key_of(header: bytes | None) -> str | None:
    """The Idempotency-Key; raises a Problem where it is none."""
    if header is None:
        return None
    key = header.decode("latin-1").strip()
    if not 1 <= len(key) <= LONGEST or not key.isprintable():
        message = f"1 to {LONGEST} printable characters."
        raise unprocessable("invalid-idempotency-key", f"An Idempotency-Key has {message}", Violation("", message))
    return key


def command_id(*, caller: str, method: str, path: str, key: str | None) -> UUID:
    """Scoped to caller, method and path; without a key every request is one of its own."""
    if key is None:
        return UUID(int=getrandbits(128), version=4)  # unique is enough: what must not be guessed is keyed
    return uuid5(NAMESPACE, f"{caller}\n{method}\n{path}\n{key}")


def correlation(request_id: str) -> UUID:
    """The request's name, as the identifier that it is unless the client chose it."""
    try:
        return UUID(hex=request_id)
    except ValueError:
        return uuid5(NAMESPACE, request_id)
