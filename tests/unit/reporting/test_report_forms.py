"""The bytes of a report: other programs read the same out of them, and spreadsheets carry nothing out."""

import csv
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from io import StringIO
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.effects.report_forms import CsvForm, Form, JsonForm, form_of, harmless
from application.ports.reports import COLUMNS, Row
from domain.reporting.events import ReportFormat
from tests.support.events import texts

COLUMN_NAMES = ("start", "name", "units", "net", "productId")
START = datetime(2026, 11, 1, 0, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
PRODUCT = UUID(int=7)
HUGE = Decimal("12345678901234567.89")


def written(form: Form, *batches: list[Row]) -> bytes:
    parts, first = [form.opening()], True
    for batch in batches:
        parts.append(form.rows(batch, first=first))
        first = first and not batch
    return b"".join([*parts, form.closing()])


def test_csv_is_what_rfc_4180_says() -> None:
    rows: list[Row] = [(START, 'Kettle, "brass"', 3, Decimal("-5.00"), PRODUCT), (START, None, 0, HUGE, PRODUCT)]
    assert written(CsvForm(COLUMN_NAMES), rows) == (
        b"start,name,units,net,productId\r\n"
        b'2026-10-31T18:30:00Z,"Kettle, ""brass""",3,-5.00,00000000-0000-0000-0000-000000000007\r\n'
        b"2026-10-31T18:30:00Z,,0,12345678901234567.89,00000000-0000-0000-0000-000000000007\r\n"
    )


def test_json_is_an_array_of_objects_with_exact_amounts() -> None:
    row: Row = (START, "Kettle", 3, HUGE, PRODUCT)
    text = written(JsonForm(COLUMN_NAMES), [row], [row])
    assert (
        json.loads(text, parse_float=Decimal)
        == [{"start": "2026-10-31T18:30:00Z", "name": "Kettle", "units": 3, "net": HUGE, "productId": str(PRODUCT)}] * 2
    )
    assert b'"net":12345678901234567.89' in text


@pytest.mark.parametrize("batches", [[], [[]], [[], []]])
def test_a_report_of_nothing_is_a_report(batches: list[list[Row]]) -> None:
    assert json.loads(written(JsonForm(COLUMN_NAMES), *batches)) == []
    assert written(CsvForm(COLUMN_NAMES), *batches) == b"start,name,units,net,productId\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\u00a0=1", "＝1", "-"])  # noqa: RUF001
def test_no_text_is_a_formula(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["Kettle", "1-2", "", "'quoted", "a=b"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


@given(names=st.lists(texts(200), max_size=3))
def test_any_text_comes_back_out_of_either_form(names: list[str]) -> None:
    rows: list[Row] = [(name, 1) for name in names]
    read = list(csv.reader(StringIO(written(CsvForm(("name", "units")), rows).decode(), newline=""), strict=True))
    assert read == [["name", "units"], *([harmless(name), "1"] for name in names)]
    assert [each["name"] for each in json.loads(written(JsonForm(("name", "units")), rows))] == names


@pytest.mark.parametrize("file_format", list(ReportFormat))
def test_every_kind_has_columns_of_its_own_and_none_of_people(file_format: ReportFormat) -> None:
    for columns in COLUMNS.values():
        assert form_of(file_format, columns).opening()
        assert len(set(columns)) == len(columns)
        assert {"email", "phone", "buyerId", "shippingAddress", "requesterId"}.isdisjoint(columns)


def test_times_are_utc_in_json_too() -> None:
    assert json.loads(written(JsonForm(("at",)), [(datetime(2026, 1, 1, tzinfo=UTC),)])) == [
        {"at": "2026-01-01T00:00:00Z"}
    ]
