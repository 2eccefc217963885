"""What everything that sends mail must do; each adapter's tests are this class with another `mailer` and `sent`."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID

import pytest
from msgspec.structs import replace

from application.ports.mail import Letter, LetterRefused, Mailer
from domain.shared.identifiers import AccountId

ADA, BOB = AccountId(UUID(int=0xADA)), AccountId(UUID(int=0xB0B))
LETTER = Letter(
    id=UUID(int=1),
    account=ADA,
    address="ada@example.com",
    name="Ada Lovelace",
    subject="Your new password",
    text="With this code:\n\nf3Jx0Vd7\n",
    html="<p>With this code: <code>f3Jx0Vd7</code></p>\n",
    at=datetime(2026, 11, 21, 12, tzinfo=UTC),
)
Sent = Callable[[], list[EmailMessage]]
"""What has left so far, as whoever gets it reads it."""


class MailerContract:
    async def test_a_letter_leaves_as_it_was_written(self, mailer: Mailer, sent: Sent) -> None:
        await mailer.send(LETTER)
        (message,) = sent()
        assert (message["Subject"], message["Message-ID"]) == (LETTER.subject, f"<{LETTER.id}@shop.example>")
        assert str(message["From"]) == "The Shop <mail@shop.example>"
        (recipient,) = message["To"].addresses
        assert (recipient.addr_spec, recipient.display_name) == (LETTER.address, LETTER.name)
        assert message["Date"].datetime == LETTER.at
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert [part.get_content().replace("\r\n", "\n") for part in (plain, html)] == [LETTER.text, LETTER.html]

    async def test_a_letter_that_is_sent_again_is_the_same_letter(self, mailer: Mailer, sent: Sent) -> None:
        await mailer.send(LETTER)
        await mailer.send(replace(LETTER, at=datetime(2026, 11, 22, tzinfo=UTC)))
        assert {message["Message-ID"] for message in sent()} == {f"<{LETTER.id}@shop.example>"}

    @pytest.mark.parametrize("name", ["आशा राव", "Zoë, the 1st", '"quoted" \\ <b@evil.example>', "", None, "x" * 200])
    async def test_any_name_is_a_name_and_nothing_else(self, mailer: Mailer, sent: Sent, name: str | None) -> None:
        await mailer.send(replace(LETTER, name=name))
        (recipient,) = sent()[0]["To"].addresses
        assert (recipient.addr_spec, recipient.display_name) == (LETTER.address, name or "")

    @pytest.mark.parametrize(
        ("address", "arrives"),
        [
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("Ada.O'Neill+shop@example.com", "Ada.O'Neill+shop@example.com"),
            ("अदा@example.com", "अदा@example.com"),
        ],
    )
    async def test_international_addresses(self, mailer: Mailer, sent: Sent, address: str, arrives: str) -> None:
        await mailer.send(replace(LETTER, address=address))
        (recipient,) = sent()[0]["To"].addresses
        assert recipient.addr_spec == arrives

    @pytest.mark.parametrize(
        "changes",
        [
            {"name": "Ada\r\nBcc: everybody@example.com"},
            {"name": "Ada\nBcc: everybody@example.com"},
            {"subject": "Hello\r\nBcc: everybody@example.com"},
            {"address": "ada@example.com\r\nBcc: everybody@example.com"},
            {"address": "ada@example.com, everybody@example.com"},
            {"address": "ada"},
        ],
    )
    async def test_nobody_writes_headers_of_their_own(
        self, mailer: Mailer, sent: Sent, changes: dict[str, str]
    ) -> None:
        with pytest.raises(LetterRefused):
            await mailer.send(replace(LETTER, **changes))
        assert sent() == []

    async def test_what_is_kept_of_somebody_can_be_forgotten(self, mailer: Mailer, sent: Sent) -> None:
        await mailer.send(LETTER)
        await mailer.send(replace(LETTER, id=UUID(int=2), account=BOB, address="bob@example.com"))
        await mailer.forget(ADA)
        await mailer.forget(ADA)
        assert "bob@example.com" in [str(message["To"].addresses[0].addr_spec) for message in sent()]
