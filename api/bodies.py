"""Request bodies from raw bytes: exact numbers, then a model, and errors that point at what is wrong."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError

from api.problems import Problem, unprocessable
from domain.shared.refusal import Violation

M = TypeVar("M", bound=BaseModel)

MOST_ERRORS = 50

_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)
_canonical = msgspec.json.Encoder(decimal_format="number", order="sorted")


def decode(raw: bytes) -> Any:
    """JSON without float: fractions are Decimals. Raises a Problem for what is no JSON, or cannot be kept exactly."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise unprocessable("malformed-json", f"The body is not valid JSON: {error}.") from error
    except (ValueError, ArithmeticError) as error:
        raise unprocessable("malformed-json", "The body holds a number beyond all bounds.") from error
    except RecursionError as error:
        raise unprocessable("malformed-json", "The body is nested too deeply.") from error


def canonical(value: Any) -> bytes:
    """The same bytes for bodies that say the same."""
    return _canonical.encode(value)


def has_required(model: type[BaseModel]) -> bool:
    """Whether an empty object would not do."""
    return any(field.is_required() for field in model.model_fields.values())


def validated(model: type[M], value: Any, *, currency: str) -> M:
    """The model; raises a Problem with a JSON pointer for each thing that is wrong."""
    try:
        return model.model_validate(value, context={"currency": currency})
    except ValidationError as error:
        raise validation_problem(error) from error


def validation_problem(error: ValidationError) -> Problem:
    found = [
        Violation(pointer(each["loc"]), _message(each["type"], each["msg"]))
        for each in error.errors(include_url=False, include_context=False, include_input=False)[:MOST_ERRORS]
    ]
    return unprocessable("validation-failed", "The request has errors.", *found)


def pointer(location: Sequence[int | str]) -> str:
    """RFC 6901. pydantic marks what is wrong with a key itself by a further `[key]`."""
    if location and location[-1] == "[key]":
        location = location[:-1]
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _message(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "There is no such field."
    if kind == "missing":
        return "This field is required."
    return message
