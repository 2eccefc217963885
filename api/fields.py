"""Kinds of request fields: text without control characters, exact amounts, bounded numbers, strict booleans."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    StrictBool,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from domain.accounts.events import Role
from domain.ordering.progress import PREVIOUS, Status
from domain.payments.events import Method
from domain.shared.money import Money
from domain.shared.quantity import MAX_QUANTITY
from domain.shared.refusal import Refusal

BREAKS = frozenset("\n\r\t")
MAX_UNITS = 10**9
DATE_LENGTH = len("2026-11-21")
PLAIN_NUMBER = re.compile(r"[0-9]{1,16}(\.[0-9]{1,8})?")


class Body(BaseModel):
    """A request body: camelCase, unknown fields refused, numbers as they were written."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    def gives(self, field: str) -> bool:
        """Whether the client sent the field: in a merge patch, one that is absent stays as it is."""
        return field in self.model_fields_set


def absent() -> Any:
    """The default of a field that may be left out but may not be null; ask `gives` before reading it."""
    return Field(default_factory=lambda: None)


@dataclass(frozen=True)
class Text:
    """NFC, at most so many characters, none of them a control character; line breaks where they are allowed."""

    longest: int
    shortest: int = 0
    breaks: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Bounded before the normalisation too, which is not free.
        bounded = core_schema.str_schema(max_length=self.longest * 4)
        return core_schema.no_info_after_validator_function(self.clean, bounded)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        least = {"minLength": self.shortest} if self.shortest else {}
        return {"type": "string", "maxLength": self.longest, **least}

    def clean(self, value: str) -> str:
        """The text as it is kept; raises for what no text may hold."""
        text = value if value.isascii() else unicodedata.normalize("NFC", value)
        if len(text) > self.longest:
            raise PydanticCustomError("too_long", "At most {n} characters.", {"n": self.longest})
        if self.shortest and len(text.strip()) < self.shortest:
            raise PydanticCustomError("too_short", "At least {n} characters that show.", {"n": self.shortest})
        if not text.isprintable() and any(self._forbids(each) for each in text):
            raise PydanticCustomError("control", "Control characters are not allowed.")
        return text

    def _forbids(self, character: str) -> bool:
        return unicodedata.category(character) in {"Cc", "Cs"} and not (self.breaks and character in BREAKS)


def _number(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise PydanticCustomError("number", "Must be a number.")


def _amount(value: object, info: ValidationInfo) -> Money:
    currency: str = (info.context or {})["currency"]
    try:
        return Money.of(_number(value), currency)
    except Refusal as error:
        raise PydanticCustomError("amount", "{reason}", {"reason": error.detail}) from error


def _query_amount(value: object, info: ValidationInfo) -> Money:
    """As `_amount`, from the text of a query parameter."""
    if not isinstance(value, str) or not PLAIN_NUMBER.fullmatch(value):
        raise PydanticCustomError("number", "Must be a number such as 875.00.")
    return _amount(Decimal(value), info)


def _moment(value: object) -> datetime:
    """RFC 3339, or a date for its first instant in UTC."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or (moment.tzinfo is None and len(str(value)) != DATE_LENGTH):
        raise PydanticCustomError("moment", "A time with its offset such as 2026-11-21T12:00:00Z, or a date.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _basis_points(value: object) -> int:
    number = _number(value)
    if not 0 <= number <= 100 or number * 100 % 1:
        raise PydanticCustomError("percentage", "A percentage is 0 to 100 with at most two decimals.")
    return int(number * 100)


def word_of(kind: Collection[StrEnum], synonyms: dict[str, str]) -> PlainValidator:
    """One of a few words, in any case."""
    known = {member.value.casefold(): member for member in kind}
    known |= {word: known[meaning] for word, meaning in synonyms.items()}

    def check(value: object) -> StrEnum:
        if isinstance(value, str) and (member := known.get(value.casefold())) is not None:
            return member
        raise PydanticCustomError("choice", "One of {words}.", {"words": ", ".join(member.value for member in kind)})

    return PlainValidator(check)


AMOUNT_SCHEMA = {"type": "number", "minimum": 0, "description": "Major units, with at most the currency's decimals."}
PERCENTAGE_SCHEMA = {"type": "number", "minimum": 0, "maximum": 100}

Amount = Annotated[Money, PlainValidator(_amount), WithJsonSchema(AMOUNT_SCHEMA)]
QueryAmount = Annotated[Money, PlainValidator(_query_amount), WithJsonSchema(AMOUNT_SCHEMA)]
Percentage = Annotated[int, PlainValidator(_basis_points), WithJsonSchema(PERCENTAGE_SCHEMA)]
"""Basis points; a percentage for clients."""
Quantity = Annotated[int, Field(strict=True, ge=1, le=MAX_QUANTITY)]
Units = Annotated[int, Field(strict=True, ge=0, le=MAX_UNITS)]
Change = Annotated[int, Field(strict=True, ge=-MAX_UNITS, le=MAX_UNITS)]
Truth = StrictBool
Moment = Annotated[datetime, PlainValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Name = Annotated[str, Text(200, 1)]
Description = Annotated[str, Text(20_000, breaks=True)]
Reason = Annotated[str, Text(500, 1)]
Sku = Annotated[str, Text(100, 1)]
Attributes = Annotated[dict[Annotated[str, Text(200, 1)], Annotated[str, Text(200)]], Field(max_length=50)]
EmailText = Annotated[str, Text(254, 3)]
PasswordText = Annotated[str, Text(128, 8)]
GivenPassword = Annotated[str, Text(128)]
"""At login any text is a try."""
Reference = Annotated[str, Text(200, 1)]
Opaque = Annotated[str, Text(512, 1)]
RoleWord = Annotated[
    Role, word_of(Role, {"customer": "buyer"}), WithJsonSchema({"type": "string", "enum": [*Role, "customer"]})
]
MethodWord = Annotated[Method, word_of(Method, {}), WithJsonSchema({"type": "string", "enum": list(Method)})]
StepWord = Annotated[Status, word_of(tuple(PREVIOUS), {}), WithJsonSchema({"type": "string", "enum": list(PREVIOUS)})]
StatusWord = Annotated[Status, word_of(Status, {}), WithJsonSchema({"type": "string", "enum": list(Status)})]
