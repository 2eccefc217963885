"""Phone numbers as E.164, however people write them."""

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from api.fields import Text

SEPARATORS = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def _e164(text: str) -> str:
    """`+91 98765-43210` and `0091 (98765) 43210` are +919876543210; a number without its country is anybody's."""
    number = SEPARATORS.sub("", text)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if not E164.fullmatch(number):
        raise PydanticCustomError("phone", "A phone number with its country, such as +919876543210.")
    return number


PhoneNumber = Annotated[str, Text(40, 1), AfterValidator(_e164)]
