"""Passwords, addresses and fingerprints."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports.security import NotAnEmail, PasswordsBusy
from infrastructure.security import passwords as module
from infrastructure.security.emails import HmacEmails
from infrastructure.security.fingerprints import HmacFingerprints
from infrastructure.security.passwords import Argon2Passwords

EMAILS = HmacEmails(master_key=b"m" * 32)


def quick() -> Argon2Passwords:
    return Argon2Passwords(memory_kib=64, rounds=1)


async def test_a_password_matches_its_hash_alone() -> None:
    subject = quick()
    kept = await subject.hash("correct horse")
    assert kept.startswith("$argon2id$")
    assert await subject.verify("correct horse", kept)
    assert not await subject.verify("battery staple", kept)
    subject.close()


async def test_nobodys_password_does_not_log_in() -> None:
    subject = quick()
    assert not await subject.verify("nobody's password", None)
    subject.close()


async def test_an_unknown_address_costs_a_verification_too(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = quick()
    kept = await subject.hash("correct horse")
    verified: list[str] = []
    genuine = subject._hasher.verify

    class Watched:
        def verify(self, password: str, against: str) -> bool:
            verified.append(against)
            return bool(genuine(password, against))

    monkeypatch.setattr(subject, "_hasher", Watched())
    await subject.verify("guess", kept)
    await subject.verify("guess", None)
    assert len(verified) == 2
    assert verified[0].rsplit("$", 2)[0] == verified[1].rsplit("$", 2)[0]
    subject.close()


async def test_too_many_at_a_time_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING", 0)
    subject = quick()
    with pytest.raises(PasswordsBusy):
        await subject.hash("correct horse")
    subject.close()


async def test_no_warning_reaches_the_caller() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        subject = quick()
        await subject.verify("x", await subject.hash("x"))
        subject.close()


@pytest.mark.parametrize(
    ("given_text", "same"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("  ada@example.com ", "ada@example.com"),
        ("ada@Bücher.example", "ada@xn--bcher-kva.example"),
        ("JOSÉ@example.com", "jose\u0301@example.com"),
        ("straße@example.com", "STRASSE@example.com"),
    ],
)
def test_addresses_that_are_the_same_claim_the_same_stream(given_text: str, same: str) -> None:
    left, right = EMAILS.normalise(given_text), EMAILS.normalise(same)
    assert left == right
    assert EMAILS.claim_of(left) == EMAILS.claim_of(right)


def test_a_claim_needs_the_key() -> None:
    assert EMAILS.claim_of("ada@example.com") != HmacEmails(master_key=b"n" * 32).claim_of("ada@example.com")


@pytest.mark.parametrize(
    "text",
    [
        *("", "ada", "@example.com", "ada@", "ada@localhost", "a b@example.com", "ada@exa mple.com", "a@.com"),
        *("a..b@example.com", ".a@example.com", "a@b@example.com", "a\x00@example.com", "a\n@example.com"),
        *("a@-x.com", "a@x..com", "a" * 65 + "@example.com", "a@" + ".".join(["b" * 60] * 5)),
        "a@" + "é" * 300 + ".com",
    ],
)
def test_what_mail_cannot_be_sent_to_is_no_address(text: str) -> None:
    with pytest.raises(NotAnEmail):
        EMAILS.normalise(text)


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        normalised = EMAILS.normalise(text)
    except NotAnEmail:
        return
    assert EMAILS.normalise(normalised) == normalised


def test_fingerprints_tell_apart_what_differs_only_in_where_parts_end() -> None:
    subject = HmacFingerprints(master_key=b"m" * 32)
    assert subject.of(b"ab", b"c") != subject.of(b"a", b"bc")
    assert subject.of(b"ab", b"c") == subject.of(b"ab", b"c")
