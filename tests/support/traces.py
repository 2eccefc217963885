"""Looks for what somebody said of themselves, wherever the shop keeps or says anything, in every form it could have."""

import base64
import json
import quopri
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg
from psycopg import sql

_TABLES = """
SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
 ORDER BY schemaname, tablename
"""
Places = Mapping[str, bytes]
"""What is kept, by where."""


class Trace(NamedTuple):
    place: str
    said: str
    form: str


def forms(text: str) -> dict[str, bytes]:
    """How the text may stand in bytes that are not it."""
    raw = text.encode()
    escaped = json.dumps(text)[1:-1]
    return {
        "plain": raw,
        "json": escaped.encode(),
        "json in json": json.dumps(escaped)[1:-1].encode(),
        "hexadecimal": raw.hex().encode(),
        "url": quote(text).encode(),
        "quoted-printable": quopri.encodestring(raw, quotetabs=True).replace(b"=\n", b""),
        "utf-16": text.encode("utf-16-le"),
        **{f"base64 at {shift}": _aligned(raw, shift) for shift in range(3)},
        **{f"url-safe base64 at {shift}": _aligned(raw, shift, b"-_") for shift in range(3)},
    }


def _aligned(raw: bytes, shift: int, altchars: bytes = b"+/") -> bytes:
    """The middle of its base64 behind `shift` bytes of something else: what depends on no neighbour."""
    encoded = base64.b64encode(bytes(shift) + raw, altchars)
    whole = (shift + len(raw)) * 8 // 6
    return encoded[-(-shift * 8 // 6) : whole]


def traces(places: Places, said: Iterable[str]) -> set[Trace]:
    """Letters of either case are alike."""
    wanted = [(text, form, needle.lower()) for text in said for form, needle in forms(text).items()]
    found = set()
    for place, kept in places.items():
        lower = kept.lower()
        found |= {Trace(place, text, form) for text, form, needle in wanted if needle in lower}
    return found


def tables(database: str) -> dict[str, bytes]:
    """Every table of every schema, as COPY gives it in binary form, so that no byte is written otherwise."""
    with psycopg.connect(database) as conn:
        names = conn.execute(_TABLES).fetchall()
        return {f"table {schema}.{name}": _copied(conn, schema, name) for schema, name in names}


def _copied(conn: psycopg.Connection[tuple[object, ...]], schema: str, name: str) -> bytes:
    statement = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(schema, name))
    with conn.cursor().copy(statement) as copy:
        return b"".join(copy)


def files(home: Path, *, without: Path | None = None) -> dict[str, bytes]:
    """Every file below, by its path, which may tell as much as what is in it."""
    return {f"file {path.relative_to(home)}": str(path).encode() + path.read_bytes() for path in _below(home, without)}


def _below(home: Path, without: Path | None) -> Iterator[Path]:
    for path in home.rglob("*"):
        if path.is_file() and (without is None or without not in path.parents):
            yield path
