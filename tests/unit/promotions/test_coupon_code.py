"""Codes that look alike are one code, or none."""

import pytest

from domain.promotions.coupon_code import CouponCodeInvalid, coupon_code, coupon_of


@pytest.mark.parametrize(
    "written",
    [
        "SAVE10", "save10", "Save10", " SAVE10\t\n", "\uff33\uff21\uff36\uff25\uff11\uff10", "SAVE\u00b9\u2070",
        "\u017fave10", "\u24c8ave10", "\u3000save10",
    ],
)  # fmt: skip
def test_a_code_is_the_same_however_it_is_written(written: str) -> None:
    assert coupon_of(coupon_code(written)) == coupon_of(coupon_code("SAVE10"))


def test_a_code_stays_as_its_creator_wrote_it() -> None:
    assert coupon_code(" Save-10.a_B ") == "Save-10.a_B"
    assert coupon_code("\uff33\uff21\uff36\uff25") == "SAVE"
    assert coupon_of(coupon_code("SAVE10")) != coupon_of(coupon_code("SAVE11"))


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "\N{CYRILLIC CAPITAL LETTER DZE}AVE10", "S\N{GREEK CAPITAL LETTER ALPHA}VE", "stra\u00dfe",
        "SA\u200bVE", "SAVE\u200d", "\ufeffSAVE", "\u202eEVAS", "SAVE\u00ad", "sa\u0301ve", "\u0131ce", "\u0130ce",
        "A B", "A/B", "..", ".A", "-A", "_A", "A%41", "\U0001f339", "APPLY", "\uff41pply", "x" * 41,
        "\ufdfa" * 10, "x" * 10_000,
    ],
)  # fmt: skip
def test_what_could_be_taken_for_another_code_is_none(written: str) -> None:
    with pytest.raises(CouponCodeInvalid):
        coupon_code(written)
