"""What a buyer types to get a discount. Codes that look alike to a reader are one code, or none."""

import re
import unicodedata
from functools import lru_cache
from typing import NewType

from domain.shared.identifiers import CouponId, derived
from domain.shared.refusal import Refusal

CouponCode = NewType("CouponCode", str)
"""As its creator wrote it, in ASCII; two that differ in case alone name the same coupon."""

LONGEST = 40
RESERVED = frozenset({"apply"})
"""Names of routes beside the codes."""
_FORM = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST - 1}}}")


class CouponCodeInvalid(Refusal):
    """A code is 1 to 40 letters and digits of ASCII, with dots, hyphens and underscores after the first."""

    code = "coupon-code-invalid"


def coupon_code(text: str) -> CouponCode:
    """The code a text stands for: full-width and other compatible forms are taken for the plain ones, blanks around
    it are dropped. Raises CouponCodeInvalid for everything else, letters of other scripts that look like ASCII and
    characters that do not show among them."""
    code = unicodedata.normalize("NFKC", text.strip()) if len(text) <= 4 * LONGEST else ""
    if not _FORM.fullmatch(code) or code.casefold() in RESERVED:
        raise CouponCodeInvalid(
            f"A code is 1 to {LONGEST} letters (A to Z) and digits, with dots, hyphens and underscores after the first."
        )
    return CouponCode(code)


def coupon_id_of(written: str) -> CouponId | None:
    """Which coupon a buyer's text would name; None where it can be no code."""
    try:
        return coupon_of(coupon_code(written))
    except CouponCodeInvalid:
        return None


@lru_cache(maxsize=65_536)
def coupon_of(code: CouponCode) -> CouponId:
    """A code names one coupon at a time, whatever its case: the stream that claims it."""
    return CouponId(derived("coupon", code.casefold()))
