"""Every route that changes something: what comes twice is done once, and what makes no sense harms nobody."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from tests.support.caller import Reply
from tests.support.route_table import served
from tests.support.stage import Asked, Stage
from tests.support.system import System
from tests.support.walking import Walked

pytestmark = pytest.mark.alike

CHANGES = [each for each in (Walked(name, route) for name, route in sorted(served().items())) if each.changes]
KEYED = [
    each for each in CHANGES if each.name not in {"POST /payments/razorpay/webhook", "POST /payments/stripe/webhook"}
]
"""Providers' webhooks are told apart by the event that they bring."""
KNOWN_BY_BODY = {
    *("POST /auth/login", "POST /auth/refresh", "POST /auth/logout", "POST /auth/forgot-password"),
    *("POST /auth/resend-verification", "POST /auth/verify-email", "POST /auth/reset-password"),
}
"""Who calls is said by the body: with another one it is another's key."""
LARGEST = 1024 * 1024
NONSENSE = (
    b"{",
    b"[1, 2",
    b'{"a": NaN}',
    b'{"a": 1e400}',
    b'{"a": "\\ud800"}',
    b"\xff\xfe{}",
    b"[" * 20_000,
    b"[]",
    b'"text"',
    b"7",
    b'{"colour": "red"}',
    b'{"a": %s}' % (b"9" * 5_000),
)
STRANGE = (
    b"1e400",
    b"NaN",
    b"-1",
    b"12345678901234567.89",
    b"1" + b"0" * 400,
    b'"a\\u0000b"',
    b'"\\ud800"',
    b'"' + b"x" * 30_000 + b'"',
    b"[]",
    b"{}",
    b"[[]]",
    b"true",
    b"null",
    b'"2026-99-99T99:99:99Z"',
    b'"0001-01-01T00:00:00+23:59"',
    b'"00000000-0000-0000-0000-000000000000"',
)


@pytest.fixture(scope="module")
def stage(shop: System) -> Iterator[Stage]:
    with Stage(shop) as stage:
        yield stage


def each(*routes: Walked) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("walked", routes, ids=lambda walked: walked.name)


@each(*KEYED)
def test_the_same_key_and_body_is_the_same_answer(walked: Walked, stage: Stage) -> None:
    asked, key = walked.ask(stage), uuid4().hex
    first, again = walked.send(asked, key=key), walked.send(asked, key=key)
    assert (first.status, "idempotent-replayed" in first.headers) == (asked.status or walked.status, False), (
        first.content
    )
    assert (again.status, again.code) == (first.status, first.code)
    assert again.content == first.content or again.status >= 400  # a problem says which request it answers
    assert again.headers["idempotent-replayed"] == "true"


@each(*(route for route in KEYED if route.name not in KNOWN_BY_BODY))
def test_the_same_key_with_another_body_is_told_apart(walked: Walked, stage: Stage) -> None:
    asked, key = walked.ask(stage), uuid4().hex
    assert walked.send(asked, key=key).status == (asked.status or walked.status)
    replies = [walked.send(asked, key=key, body=other) for other in others(walked, asked)]
    assert {"idempotent-replayed" in reply.headers for reply in replies} == {False}
    assert "idempotency-key-reused" in {reply.code for reply in replies}


def others(walked: Walked, asked: Asked) -> Iterator[object]:
    """Bodies that say something else; some of them are malformed."""
    if asked.other is not None:
        yield asked.other
    if not isinstance(asked.body, Mapping) or walked.route.body is None:
        yield {"other": True}
        return
    for name, value in asked.body.items():
        match value:
            case str():
                yield {**asked.body, name: value[:-1] + ("1" if value[-1:] != "1" else "2")}
            case bool():
                yield {**asked.body, name: not value}
            case int() | Decimal():
                yield {**asked.body, name: value + 1}
            case _:
                continue
    for name, field in walked.route.body.model_fields.items():
        if (field.alias or name) not in asked.body and not field.is_required():
            for guess in ("text", 1, True):
                yield {**asked.body, field.alias or name: guess}


def harmless(reply: Reply) -> None:
    assert reply.status < 500, reply.content[:1000]
    if reply.status >= 400:
        assert reply.headers["content-type"] == "application/problem+json"


@each(*(route for route in CHANGES if route.route.body is not None))
def test_a_body_that_makes_no_sense_is_not_understood(walked: Walked, stage: Stage) -> None:
    asked = walked.ask(stage)
    for raw in NONSENSE:
        reply = walked.send(asked, body=raw)
        assert reply.status == 422, f"{raw[:40]!r}: {reply.status}: {reply.content[:500]!r}"
        harmless(reply)
    reply = walked.send(asked, body=b'{"a": "%s"}' % (b"x" * LARGEST))
    assert (reply.status, reply.code) == (413, "body-too-large")
    reply = walked.send(asked, body=b"a=1", headers={"content-type": "application/x-www-form-urlencoded"})
    assert reply.status == 415
    assert walked.send(asked).status == (asked.status or walked.status)


@each(*(route for route in CHANGES if route.route.body is not None))
def test_a_field_that_makes_no_sense_harms_nobody(walked: Walked, stage: Stage) -> None:
    """What is understood all the same may be carried out."""
    asked = walked.ask(stage)
    assert walked.route.body is not None
    for name in sorted({field.alias or name for name, field in walked.route.body.model_fields.items()}):
        for value in STRANGE:
            harmless(walked.send(asked, body=spoilt(asked.body, name, value)))


def spoilt(body: Any, name: str, value: bytes) -> bytes:
    rest = {each: kept for each, kept in (body or {}).items() if each != name}
    raw = msgspec.json.Encoder(decimal_format="number").encode(rest)
    return raw[:-1] + (b"," if rest else b"") + b'"%s":%s}' % (name.encode(), value)


@each(*CHANGES)
def test_headers_that_make_no_sense_are_refused(walked: Walked, stage: Stage) -> None:
    asked = walked.elsewhere(walked.ask(stage))
    reply = walked.send(asked, key="x" * 256)
    assert (reply.status, reply.code) in {(422, "invalid-idempotency-key"), (404, "not-found")}, reply.content
    if walked.method in {"PUT", "PATCH", "DELETE"}:
        reply = walked.send(walked.ask(stage), headers={"if-match": '"987654321"'})
        assert (reply.status, reply.code) == (412, "version-mismatch"), reply.content
