"""Keys, positions and addresses of requests."""

from ipaddress import ip_network
from uuid import UUID

import pytest

from api import idempotency, identity, negotiation
from api.paging import PageQuery, cursor_of, parts_of
from api.positions import Positioned, slots_of
from api.problems import Problem
from application.ports.commands import Outcome

PROXIES = (ip_network("10.0.0.0/8"),)


def test_a_key_is_of_its_caller_method_and_path() -> None:
    asked = {"caller": "account:1", "method": "POST", "path": "/a", "key": "k"}
    same = idempotency.command_id(**asked)
    assert same == idempotency.command_id(**asked)
    others = [asked | {name: "other"} for name in asked]
    assert same not in {idempotency.command_id(**other) for other in others}


def test_without_a_key_every_request_is_one_of_its_own() -> None:
    ids = {idempotency.command_id(caller="c", method="POST", path="/", key=None) for _ in range(1_000)}
    assert len(ids) == 1_000


@pytest.mark.parametrize("header", [b"", b" ", b"x" * 256, b"a\tb", b"\x80"])
def test_what_is_no_key_is_refused(header: bytes) -> None:
    with pytest.raises(Problem):
        idempotency.key_of(header)
    assert idempotency.key_of(b"x" * 255) == "x" * 255


def test_a_position_comes_back_as_it_went() -> None:
    positioned = Positioned()
    assert positioned.token() is None
    for slots in ({"orders-1": 5}, {"orders-1": 9, "catalogue-0": 7}, {"orders-1": 8}):
        positioned.wrote(Outcome(command_id=UUID(int=1), slots=slots))
    token = positioned.token()
    assert token is not None
    assert slots_of(token) == {"orders-1": 9, "catalogue-0": 7}


@pytest.mark.parametrize("token", [b"", b"x", b"!!!!", b"e30", b"bnVsbA", b"\xff\xff", b"A" * 9_000, b"eyJhIjotMX0"])
def test_what_was_never_a_position_is_refused(token: bytes) -> None:
    with pytest.raises(Problem) as caught:
        slots_of(token)
    assert caught.value.code == "invalid-position"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("1.2.3.4", None, "1.2.3.4"),
        ("1.2.3.4", b"6.6.6.6", "1.2.3.4"),
        ("10.0.0.1", b"6.6.6.6", "6.6.6.6"),
        ("10.0.0.1", b"6.6.6.6, 7.7.7.7", "7.7.7.7"),
        ("10.0.0.1", b"6.6.6.6, 10.0.0.2", "6.6.6.6"),
        ("10.0.0.1", b"6.6.6.6, <script>", "10.0.0.1"),
        ("10.0.0.1", b"", "10.0.0.1"),
        (None, b"6.6.6.6", "unknown"),
        ("::ffff:10.0.0.1", b"6.6.6.6", "6.6.6.6"),
        ("10.0.0.1", b"6.6.6.6:4711", "6.6.6.6"),
        ("10.0.0.1", b"[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.1", b"2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", b"6.6.6.6:x", "10.0.0.1"),
    ],
)
def test_only_trusted_proxies_speak_for_others(peer: str | None, forwarded: bytes | None, address: str) -> None:
    assert identity.client_address(peer, forwarded, PROXIES) == address


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("6.6.6.6", "6.6.6.6"),
        ("::ffff:6.6.6.6", "6.6.6.6"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("fe80::2%anything", "fe80::/64"),
        ("unknown", "unknown"),
        ("x" * 100_000, "unknown"),
    ],
)
def test_who_has_many_addresses_has_one_limit(address: str, counted: str) -> None:
    assert identity.counted_as(address) == counted


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        (b"application/json", True),
        (b"*/*", True),
        (b"application/*;q=0.5", True),
        (b"text/html, application/json;q=0.9", True),
        (b"text/html", False),
        (b"application/json;q=0", False),
        (b"application/xml, text/*", False),
    ],
)
def test_what_the_client_takes(accept: bytes, taken: bool) -> None:
    if taken:
        negotiation.require_acceptable({b"accept": accept}, "application/json")
    else:
        with pytest.raises(Problem) as caught:
            negotiation.require_acceptable({b"accept": accept}, "application/json")
        assert caught.value.status == 406


@pytest.mark.parametrize(
    ("content_type", "taken"),
    [
        (b"application/json", True),
        (b"Application/JSON; charset=UTF-8", True),
        (b"application/merge-patch+json", True),
        (b"application/json; charset=latin-1", False),
        (b"application/x-www-form-urlencoded", False),
        (b"text/plain", False),
    ],
)
def test_what_a_body_may_be_sent_as(content_type: bytes, taken: bool) -> None:
    if taken:
        negotiation.require_json({b"content-type": content_type})
    else:
        with pytest.raises(Problem) as caught:
            negotiation.require_json({b"content-type": content_type})
        assert caught.value.status == 415


@pytest.mark.parametrize(
    ("accept", "taken"),
    [(b"gzip", True), (b"br, gzip;q=0.5", True), (b"gzip;q=0", False), (b"br", False), (None, False)],
)
def test_who_takes_gzip(accept: bytes | None, taken: bool) -> None:
    assert negotiation.takes_gzip({} if accept is None else {b"accept-encoding": accept}) is taken


def test_cursors_come_back_as_they_went_and_nothing_else_does() -> None:
    cursor = cursor_of("name", UUID(int=5))
    assert parts_of(cursor, tuple[str, UUID]) == ("name", UUID(int=5))
    for forged in ("", "x", "!!", "bnVsbA", cursor[:-3], "é"):
        with pytest.raises(Problem):
            parts_of(forged, tuple[str, UUID])


def test_a_page_and_a_cursor_exclude_each_other() -> None:
    assert PageQuery(page=3, limit=50).offset == 100
    with pytest.raises(Problem):
        _ = PageQuery(page=3, cursor="x").offset
