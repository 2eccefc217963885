"""What looks for traces finds them, in every form and everywhere; or it would prove nothing."""

import base64
import json
from pathlib import Path

import psycopg
import pytest

from tests.support.traces import files, forms, tables, traces

NAME = "Zoë Ångström-Trace"


@pytest.mark.parametrize("before", [b"", b"{", b'{"', b'{"name":"'])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_is_seen_through_at_every_alignment(before: bytes, encode: object) -> None:
    assert callable(encode)
    kept = encode(before + NAME.encode() + b'"}')
    assert any("base64" in trace.form for trace in traces({"here": kept}, [NAME]))


@pytest.mark.parametrize("form", list(forms(NAME)))
def test_each_form_is_found(form: str) -> None:
    kept = b"before " + forms(NAME)[form] + b" after"
    assert form in {trace.form for trace in traces({"here": kept}, [NAME])}
    assert traces({"here": kept}, ["Ben Other-Person"]) == set()


def test_every_table_is_looked_into_whatever_its_columns(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("CREATE SCHEMA odd; CREATE TABLE odd.kept (a text, b bytea, c jsonb, d text[])")
        values = (NAME, None, None, None), (None, NAME.encode(), None, None), (None, None, json.dumps([NAME]), None)
        for value in (*values, (None, None, None, [NAME])):
            conn.execute("TRUNCATE odd.kept")
            conn.execute("INSERT INTO odd.kept VALUES (%s, %s, %s, %s)", value)
            assert {trace.place for trace in traces(tables(database), [NAME])} == {"table odd.kept"}


def test_files_are_found_by_name_too(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / NAME).write_bytes(b"nothing")
    assert {trace.place for trace in traces(files(tmp_path), [NAME])} == {f"file deep/{NAME}"}
    assert files(tmp_path, without=tmp_path / "deep") == {}
