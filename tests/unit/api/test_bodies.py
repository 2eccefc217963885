"""Bodies are read exactly, or refused with a pointer to what is wrong."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import bodies
from api.answers import View, encode
from api.fields import (
    Amount,
    Attributes,
    Body,
    Description,
    MethodWord,
    Name,
    Percentage,
    Quantity,
    RoleWord,
    Text,
    Truth,
    absent,
)
from api.problems import Problem
from domain.accounts.events import Role
from domain.shared.money import Money


class Form(Body):
    unit_price: Amount = absent()
    name: Name = absent()
    story: Description = absent()
    quantity: Quantity = absent()
    opt_in: Truth = absent()
    discount: Percentage = absent()
    attributes: Attributes = absent()
    role: RoleWord = absent()
    method: MethodWord = absent()


def read(raw: str | bytes, currency: str = "INR") -> Form:
    sent = bodies.decode(raw if isinstance(raw, bytes) else raw.encode())
    return bodies.validated(Form, sent, currency=currency)


def refused(raw: str | bytes, currency: str = "INR") -> Problem:
    with pytest.raises(Problem) as caught:
        read(raw, currency)
    assert caught.value.status == 422
    return caught.value


@pytest.mark.parametrize(
    ("written", "minor"),
    [("875.00", 87500), ("875", 87500), ("0", 0), ("0.01", 1), ("8.75e2", 87500), ("9999999999999.99", 10**15 - 1)],
)
def test_amounts_are_exact(written: str, minor: int) -> None:
    assert read(f'{{"unitPrice": {written}}}').unit_price == Money(minor, "INR")


NO_AMOUNTS = [
    *("-0.01", "0.001", "1e400", "-1e400", "1e-400", "12345678901234567.89", "10000000000000.01", "9" * 5_000),
    *("1E999999999999999999999", '"875.00"', "true", "null", "[]", "{}"),
]


@pytest.mark.parametrize("written", NO_AMOUNTS)
def test_what_is_no_amount_is_refused(written: str) -> None:
    refused(f'{{"unitPrice": {written}}}')


def test_decimals_are_those_of_the_currency() -> None:
    assert read('{"unitPrice": 5}', "JPY").unit_price == Money(5, "JPY")
    assert read('{"unitPrice": 1.234}', "KWD").unit_price == Money(1234, "KWD")
    assert [each.pointer for each in refused('{"unitPrice": 5.5}', "JPY").errors] == ["/unitPrice"]


NO_JSON: list[str | bytes] = [
    *("", "{", "NaN", "[1,]", '{"name": "a', "[" * 100_000, '{"name": "\x01"}', "Infinity", "'x'", "{} {}"),
    *('"\\ud800"', '"\\udc00 tail"', '"\\ud83dx"'),
    *(b'"\xed\xa0\x80"', b'"\xff"', b"\xef\xbb\xbf{}", b"\x00"),
]


@pytest.mark.parametrize("raw", NO_JSON)
def test_what_is_no_json_is_refused(raw: str | bytes) -> None:
    assert refused(raw).code == "malformed-json"


@pytest.mark.parametrize("raw", ["[]", "5", "null", '"text"', "true"])
def test_what_is_no_object_is_refused(raw: str) -> None:
    assert refused(raw).code == "validation-failed"


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        ('{"nmae": "x"}', "/nmae"),
        ('{"a/b~c": 1}', "/a~1b~0c"),
        ('{"quantity": true}', "/quantity"),
        ('{"quantity": 1.0}', "/quantity"),
        ('{"quantity": "1"}', "/quantity"),
        ('{"quantity": 0}', "/quantity"),
        ('{"quantity": 10001}', "/quantity"),
        ('{"optIn": 1}', "/optIn"),
        ('{"optIn": "true"}', "/optIn"),
        ('{"name": 5}', "/name"),
        ('{"name": null}', "/name"),
        ('{"name": ""}', "/name"),
        ('{"name": " \\t "}', "/name"),
        ('{"name": "a\\u0000b"}', "/name"),
        ('{"name": "a\\nb"}', "/name"),
        ('{"name": "a\\u0085b"}', "/name"),
        ('{"story": "a\\u0007b"}', "/story"),
        ('{"discount": 100.01}', "/discount"),
        ('{"discount": 12.345}', "/discount"),
        ('{"discount": -1}', "/discount"),
        ('{"discount": 1e400}', "/discount"),
        ('{"attributes": {"colour": 5}}', "/attributes/colour"),
        ('{"attributes": {"a\\u0000": "x"}}', "/attributes/a\x00"),
        ('{"role": "king"}', "/role"),
        ('{"method": "barter"}', "/method"),
        ('{"unit_price": 5}', "/unit_price"),
    ],
)
def test_errors_point_at_what_is_wrong(raw: str, pointer: str) -> None:
    problem = refused(raw)
    assert [each.pointer for each in problem.errors] == [pointer]


@pytest.mark.parametrize(("field", "longest"), [("name", 200), ("story", 20_000)])
def test_texts_are_bounded(field: str, longest: int) -> None:
    read(f'{{"{field}": "{"é" * longest}"}}')
    refused(f'{{"{field}": "{"é" * (longest + 1)}"}}')
    decomposed = "e\u0301" * longest
    read(f'{{"{field}": "{decomposed}"}}')


def test_at_most_fifty_attributes() -> None:
    def of(count: int) -> str:
        return '{"attributes": {' + ",".join(f'"a{n}": ""' for n in range(count)) + "}}"

    assert len(read(of(50)).attributes) == 50
    refused(of(51))


def test_texts_are_kept_in_nfc_and_otherwise_as_given() -> None:
    assert read('{"name": "e\\u0301 <b>\\ud83d\\ude00</b> "}').name == "é <b>😀</b> "
    assert read('{"story": "a\\r\\n\\tb"}').story == "a\r\n\tb"


def test_roles_and_methods_are_known_in_any_case() -> None:
    assert read('{"role": "Customer"}').role is Role.BUYER
    assert read('{"method": "upi"}').method.value == "UPI"


def test_percentages_are_kept_as_basis_points() -> None:
    assert read('{"discount": 12.5}').discount == 1250


def test_many_errors_are_told_but_not_all() -> None:
    many = "{" + ",".join(f'"unknown{n}": 1' for n in range(500)) + "}"
    assert len(refused(many).errors) == bodies.MOST_ERRORS


def test_bodies_that_say_the_same_are_canonically_equal() -> None:
    left, right = bodies.decode(b'{"a": 1, "b": [2.50]}'), bodies.decode(b' {"b":[2.50],"a":1} ')
    assert bodies.canonical(left) == bodies.canonical(right)
    assert bodies.canonical(left) != bodies.canonical(bodies.decode(b'{"a": 1, "b": [2.51]}'))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    assert problem_of(lambda: read(raw)) in {None, 422}


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("unitPrice", "name", "quantity", "attributes"), json_values)))
def test_any_json_is_taken_or_refused_with_pointers(sent: dict[str, Any]) -> None:
    assert problem_of(lambda: bodies.validated(Form, sent, currency="INR")) in {None, 422}


def problem_of(ask: Callable[[], object]) -> int | None:
    """The status it is refused with; None where it is taken."""
    try:
        ask()
    except Problem as problem:
        pointers = [each.pointer for each in problem.errors]
        return problem.status if all(each == "" or each.startswith("/") for each in pointers) else -1
    return None


class Line(View, frozen=True, kw_only=True):
    line_total: Annotated[Decimal, "exact"]


def test_amounts_are_written_with_the_decimals_of_their_currency() -> None:
    written = [encode(Line(line_total=Money(minor, currency).major())) for minor, currency in AMOUNTS]
    assert written == [
        b'{"lineTotal":875.00}',
        b'{"lineTotal":0.00}',
        b'{"lineTotal":5}',
        b'{"lineTotal":0.001}',
        b'{"lineTotal":10000000000000.00}',
    ]


AMOUNTS = [(87500, "INR"), (0, "INR"), (5, "JPY"), (1, "KWD"), (10**15, "INR")]


def test_a_text_rule_describes_itself_in_openapi() -> None:
    class One(Body):
        text: Annotated[str, Text(9, 2)]

    assert One.model_json_schema()["properties"]["text"] | {"title": ""} == {
        "type": "string",
        "maxLength": 9,
        "minLength": 2,
        "title": "",
    }
