"""What can be wrong with a request, said as RFC 9457 problem details."""

from collections.abc import Sequence
from typing import Final

import msgspec

from api.answers import PROBLEM, Answer, Header, encode
from domain.shared.refusal import Violation


class ErrorItem(msgspec.Struct, frozen=True):
    """One thing that is wrong with the request, and where in it."""

    pointer: str
    message: str


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """RFC 9457, with a stable code and the id under which the request was logged."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str
    errors: tuple[ErrorItem, ...] = ()


TITLES: Final = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Refused",
    410: "Gone",
    412: "Changed meanwhile",
    413: "Too large",
    414: "Address too long",
    415: "Unsupported media type",
    422: "Not understood",
    429: "Too many requests",
    500: "Internal error",
    503: "Try again later",
    504: "Outcome not known yet",
}


class Problem(Exception):
    """Ends a request with a problem document."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Violation] = (),
        headers: Sequence[Header] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = tuple(headers)

    def answer(self, *, instance: str, request_id: str) -> Answer:
        document = ProblemDetails(
            type=f"/problems/{self.code}",
            title=TITLES[self.status],
            status=self.status,
            detail=self.detail,
            code=self.code,
            instance=instance,
            request_id=request_id,
            errors=tuple(ErrorItem(each.pointer, each.message) for each in self.errors),
        )
        headers = [(b"content-type", PROBLEM), (b"cache-control", b"no-store"), *self.headers]
        return Answer(self.status, encode(document), headers)


def unprocessable(code: str, detail: str, *errors: Violation) -> Problem:
    return Problem(422, code, detail, errors=errors)


def invalid(pointer: str, message: str) -> Problem:
    """One field is wrong."""
    return unprocessable("validation-failed", "The request has errors.", Violation(pointer, message))


def unauthenticated(detail: str, *, token_given: bool) -> Problem:
    challenge = 'Bearer realm="tillstream"' + (', error="invalid_token"' if token_given else "")
    return Problem(401, "unauthenticated", detail, headers=[(b"www-authenticate", challenge.encode())])


def not_found(detail: str = "There is nothing here.") -> Problem:
    return Problem(404, "not-found", detail)


def later(code: str, detail: str, seconds: int = 1) -> Problem:
    """Not executed; worth trying again."""
    return Problem(503, code, detail, headers=[(b"retry-after", str(seconds).encode())])
