"""A refusal is a rule's answer: what was asked cannot be done, and why."""

from typing import ClassVar

import msgspec


class Violation(msgspec.Struct, frozen=True):
    """One thing that is wrong, and where: `pointer` is an RFC 6901 JSON pointer into the request."""

    pointer: str
    message: str


class Refusal(Exception):
    """Raised by a decision. Changes nothing. `code` is stable: clients and stored outcomes rely on it."""

    code: ClassVar[str]

    def __init__(self, detail: str, *, violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.violations = violations


class NotFound(Refusal):
    """No such thing, or it belongs to somebody else and must look as if there were none."""

    code = "not-found"


class Forbidden(Refusal):
    """The actor's role does not allow this."""

    code = "forbidden"


class AlreadyExists(Refusal):
    """The identifier was used before."""

    code = "already-exists"
