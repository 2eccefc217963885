"""Mail over SMTP does what the contract says, and whatever a server answers, no letter is lost without a word."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from application.ports.mail import LetterRefused, MailerUnavailable
from infrastructure.mail.choosing import mailer
from infrastructure.mail.outbox import OutboxMailer
from infrastructure.mail.smtp import SmtpMailer
from infrastructure.mail_server import Credentials, Encryption, MailServer
from tests.contract.mailer_contract import ADA, LETTER, MailerContract, Sent
from tests.contract.test_mailers import SENDER, files
from tests.support.mail_server import (
    GOODBYE,
    LOCALHOST,
    SILENCE,
    Received,
    Scripted,
    certificate,
    real_server,
    scripted_server,
)

PASSWORD = "correct horse"


def smtp_mailer(port: int, tmp_path: Path, *, each: float = 5.0, whole: float = 10.0, **options: object) -> SmtpMailer:
    plain = MailServer(host=LOCALHOST, port=port, encryption=Encryption.OFF)
    outbox = OutboxMailer(tmp_path / "outbox", sender=SENDER)
    return SmtpMailer(replace(plain, **options), sender=SENDER, outbox=outbox, each=each, whole=whole)


class TestSmtpMailer(MailerContract):
    @pytest.fixture
    def received(self) -> Received:
        return Received()

    @pytest.fixture
    async def mailer(self, received: Received, tmp_path: Path) -> AsyncIterator[SmtpMailer]:
        async with real_server(received) as port:
            yield smtp_mailer(port, tmp_path)

    @pytest.fixture
    def sent(self, received: Received) -> Sent:
        return received.messages

    async def test_the_envelope_names_whom_the_letter_names(self, mailer: SmtpMailer, received: Received) -> None:
        await mailer.send(replace(LETTER, address="अदा@bücher.example"))
        (envelope,) = received.envelopes
        assert (envelope.mail_from, envelope.rcpt_tos) == ("mail@shop.example", ["अदा@xn--bcher-kva.example"])

    async def test_every_relay_can_carry_the_text(self, mailer: SmtpMailer, received: Received) -> None:
        await mailer.send(replace(LETTER, text="₹ 875\n.\n..\nend\n" + "क" * 2000 + "\n", subject="₹"))
        (raw,) = [envelope.original_content for envelope in received.envelopes]
        assert isinstance(raw, bytes)
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        body = received.messages()[0].get_body(("plain",))
        assert body is not None
        assert body.get_content().replace("\r\n", "\n") == "₹ 875\n.\n..\nend\n" + "क" * 2000 + "\n"

    async def test_whoever_is_forgotten_is_forgotten_in_files_of_earlier_days_too(
        self, mailer: SmtpMailer, tmp_path: Path
    ) -> None:
        await OutboxMailer(tmp_path / "outbox", sender=SENDER).send(LETTER)
        await mailer.forget(ADA)
        assert files(tmp_path / "outbox") == {}


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("from_the_first_byte", [False, True])
async def test_behind_tls_with_a_password(tmp_path: Path, from_the_first_byte: bool) -> None:
    tls, authorities = certificate(tmp_path)
    received = Received()
    login = ("shop", PASSWORD)
    async with real_server(received, tls=tls, from_the_first_byte=from_the_first_byte, login=login) as port:
        encryption = Encryption.TLS if from_the_first_byte else Encryption.STARTTLS
        options: dict[str, Any] = {"encryption": encryption, "authorities": authorities}
        await smtp_mailer(port, tmp_path, credentials=Credentials(*login), **options).send(LETTER)
        assert received.users == [b"shop"]
        for wrong in (Credentials("shop", "wrong horse"), None):
            with pytest.raises(MailerUnavailable, match=r"53\d") as refused:
                await smtp_mailer(port, tmp_path, credentials=wrong, **options).send(LETTER)
            assert "horse" not in str(refused.value)
    assert len(received.envelopes) == 1


@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
async def test_a_server_that_nobody_vouches_for_is_told_nothing(tmp_path: Path, encryption: Encryption) -> None:
    tls, _ = certificate(tmp_path)
    other, authorities = certificate(tmp_path, name="elsewhere.example")
    first = encryption is Encryption.TLS
    for context, trusted in ((tls, None), (other, authorities)):
        received = Received()
        async with real_server(received, tls=context, from_the_first_byte=first) as port:
            with pytest.raises(MailerUnavailable, match=r"certificate|CERTIFICATE"):
                await smtp_mailer(port, tmp_path, encryption=encryption, authorities=trusted).send(LETTER)
        assert received.envelopes == []


async def test_where_starttls_is_required_nothing_is_said_without(tmp_path: Path) -> None:
    script, secret = Scripted(), Credentials("shop", PASSWORD)
    async with scripted_server(script) as port:
        with pytest.raises(MailerUnavailable):
            await smtp_mailer(port, tmp_path, encryption=Encryption.STARTTLS, credentials=secret).send(LETTER)
    assert set(script.heard) <= {"EHLO", "QUIT"}


@pytest.mark.parametrize(
    ("verb", "reply", "trouble"),
    [
        ("BANNER", "421 too busy", MailerUnavailable), ("BANNER", "554 no service", MailerUnavailable),
        ("EHLO", "550 not you", MailerUnavailable), ("EHLO", "nonsense", MailerUnavailable),
        ("MAIL", "451 later", MailerUnavailable), ("MAIL", "552 too large", LetterRefused),
        ("MAIL", "530 authentication required", MailerUnavailable),
        ("RCPT", "450 greylisted", MailerUnavailable), ("RCPT", "550 no such user", LetterRefused),
        ("DATA", "451 later", MailerUnavailable), ("DATA", "554 no", LetterRefused),
        ("LETTER", "452 disk full", MailerUnavailable), ("LETTER", "554 spam", LetterRefused),
        *((verb, GOODBYE, MailerUnavailable) for verb in ("BANNER", "EHLO", "MAIL", "RCPT", "DATA", "LETTER")),
    ],
)  # fmt: skip
async def test_what_the_server_answers_decides(tmp_path: Path, verb: str, reply: str, trouble: type[Exception]) -> None:
    async with scripted_server(Scripted(**{verb: reply})) as port:
        with pytest.raises(trouble) as raised:
            await smtp_mailer(port, tmp_path).send(LETTER)
    if reply[:3].isdigit():
        assert reply[:3] in str(raised.value)
        assert reply[4:] in str(raised.value)


@pytest.mark.parametrize("verb", ["BANNER", "EHLO", "MAIL", "RCPT", "DATA", "LETTER"])
@pytest.mark.parametrize("limits", [{"each": 0.1}, {"whole": 0.1}])
async def test_a_server_that_is_silent_is_given_up(tmp_path: Path, verb: str, limits: dict[str, float]) -> None:
    async with scripted_server(Scripted(**{verb: SILENCE})) as port, asyncio.timeout(5):
        with pytest.raises(MailerUnavailable, match="takes too long"):
            await smtp_mailer(port, tmp_path, **limits).send(LETTER)


async def test_a_server_that_is_away_is_an_outage(tmp_path: Path) -> None:
    async with real_server(Received()) as port:
        mailing = smtp_mailer(port, tmp_path)
    with pytest.raises(MailerUnavailable, match="no mail server"):
        await mailing.send(LETTER)


@pytest.mark.parametrize("farewell", ["421 bye", GOODBYE, SILENCE])
async def test_a_letter_that_was_taken_over_has_left_whatever_comes_after(tmp_path: Path, farewell: str) -> None:
    async with scripted_server(Scripted(QUIT=farewell)) as port:
        await smtp_mailer(port, tmp_path).send(LETTER)


async def test_an_error_names_nobody(tmp_path: Path) -> None:
    """It stays in the row of the due command."""
    said = "550 5.1.1 <ada@example.com>: Recipient address rejected: ada@example.com, see https://mx.example"
    async with scripted_server(Scripted(RCPT=said)) as port:
        with pytest.raises(LetterRefused) as refused:
            await smtp_mailer(port, tmp_path).send(LETTER)
    assert "ada@" not in str(refused.value)
    assert "Recipient address rejected" in str(refused.value)


async def test_a_server_without_international_addresses_gets_no_letter_to_one(tmp_path: Path) -> None:
    received = Received()
    async with real_server(received, utf8=False) as port:
        with pytest.raises(LetterRefused, match="SMTPUTF8"):
            await smtp_mailer(port, tmp_path).send(replace(LETTER, address="अदा@example.com"))
        await smtp_mailer(port, tmp_path).send(replace(LETTER, address="ada@bücher.example", name="आशा"))
    assert [envelope.rcpt_tos for envelope in received.envelopes] == [["ada@xn--bcher-kva.example"]]


def test_mail_is_files_until_a_server_is_named(tmp_path: Path) -> None:
    server = MailServer(host="mx.example", port=587, encryption=Encryption.STARTTLS)
    assert isinstance(mailer(None, sender=SENDER, home=tmp_path), OutboxMailer)
    assert isinstance(mailer(server, sender=SENDER, home=tmp_path), SmtpMailer)
