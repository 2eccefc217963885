"""SMTP_URL is understood or refused as a whole, and its password is shown nowhere."""

from pathlib import Path

import pytest

from infrastructure.mail_server import Credentials, Encryption, MailServer, mail_server
from infrastructure.settings import SettingsInvalid, load

FROM = {"MAIL_FROM": "The Shop <mail@shop.example>"}


@pytest.mark.parametrize(
    ("text", "host", "port", "encryption"),
    [
        ("smtp://mx.example", "mx.example", 587, Encryption.STARTTLS),
        ("smtp://mx.example:2525?starttls=required", "mx.example", 2525, Encryption.STARTTLS),
        ("smtps://mx.example/", "mx.example", 465, Encryption.TLS),
        ("smtp://mailpit:1025?starttls=off", "mailpit", 1025, Encryption.OFF),
        ("smtp://[::1]?starttls=off", "::1", 25, Encryption.OFF),
    ],
)
def test_where_mail_goes(text: str, host: str, port: int, encryption: Encryption) -> None:
    assert mail_server(text) == MailServer(host=host, port=port, encryption=encryption)


def test_credentials_and_authorities_of_ones_own() -> None:
    found = mail_server("smtp://shop%40example.com:p%3Aa%2Fss%20%25@mx.example?authorities=/etc/ca.pem")
    assert found.credentials == Credentials("shop@example.com", "p:a/ss %")
    assert found.authorities == Path("/etc/ca.pem")
    assert "p:a/ss" not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        "mx.example:587", "http://mx.example", "smtp://", "smtp://mx.example:0x19", "smtp://mx.example:99999",
        "smtp://mx.example/inbox", "smtp://mx.example?verify=off", "smtp://mx.example?starttls=maybe",
        "smtps://mx.example?starttls=off", "smtp://shop@mx.example", "smtp://:hush@mx.example",
        "smtp://shop:hush@mx.example?starttls=off", "smtp://shop:hu%0D%0Ash@mx.example", "smtp://shop:hu#sh@mx.example",
        "smtp://mx.example?starttls=off&authorities=/etc/ca.pem",
    ],
)  # fmt: skip
def test_nonsense_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        load({"TILL_HOME": str(tmp_path), "SMTP_URL": text, **FROM}, directory=tmp_path)
    (problem,) = raised.value.problems
    assert problem.startswith("SMTP_URL: expected smtp://")
    assert "hu" not in problem.replace("authorities", "")


def test_mail_that_really_leaves_says_who_it_is_from(tmp_path: Path) -> None:
    given = {"TILL_HOME": str(tmp_path), "SMTP_URL": "smtp://mx.example"}
    with pytest.raises(SettingsInvalid, match="MAIL_FROM: required"):
        load(given, directory=tmp_path)
    assert load(given | FROM, directory=tmp_path).settings.smtp_url is not None
    assert load({"TILL_HOME": str(tmp_path)}, directory=tmp_path).settings.smtp_url is None
