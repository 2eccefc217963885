"""How rows become the bytes of a file: CSV after RFC 4180, or an array of JSON objects; amounts as exact decimals."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Protocol

import msgspec

from application.ports.reports import Cell, Row
from domain.reporting.events import ReportFormat

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a text begins with that a spreadsheet would carry out; it takes the full-width signs as well."""

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Form(Protocol):
    """Bytes of a file, in order: what it opens with, rows, what it closes with."""

    def opening(self) -> bytes: ...

    def rows(self, rows: Sequence[Row], *, first: bool) -> bytes:
        """`first` says that none came before."""

    def closing(self) -> bytes: ...


class CsvForm:
    """Comma-separated, lines end with CRLF, UTF-8; the first line names the columns."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def opening(self) -> bytes:
        return _lines([self._columns])

    def rows(self, rows: Sequence[Row], *, first: bool) -> bytes:
        del first
        return _lines([[_text(cell) for cell in row] for row in rows])

    def closing(self) -> bytes:
        return b""


class JsonForm:
    """One object a line."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def opening(self) -> bytes:
        return b"["

    def rows(self, rows: Sequence[Row], *, first: bool) -> bytes:
        if not rows:
            return b""
        objects = [_encode(dict(zip(self._columns, map(_value, row), strict=True))) for row in rows]
        return (b"\n" if first else b",\n") + b",\n".join(objects)

    def closing(self) -> bytes:
        return b"\n]\n"


def form_of(file_format: ReportFormat, columns: Sequence[str]) -> Form:
    match file_format:
        case ReportFormat.CSV:
            return CsvForm(columns)
        case ReportFormat.JSON:
            return JsonForm(columns)


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    written = StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return harmless(cell)
        case Decimal():
            return format(cell, "f")
        case datetime():
            return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return str(cell)


def _value(cell: Cell) -> Cell:
    return cell.astimezone(UTC) if isinstance(cell, datetime) else cell
