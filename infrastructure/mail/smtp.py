"""Mail over SMTP: what the server answers decides what becomes of a letter."""

import asyncio
import re
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPTimeoutError,
)

from application.ports.mail import Letter, LetterRefused, MailerUnavailable
from domain.shared.identifiers import AccountId
from infrastructure.mail.message import INTERNATIONAL, message_of
from infrastructure.mail.outbox import OutboxMailer
from infrastructure.mail_server import Encryption, MailServer

WHOLE = 20.0
"""Seconds from the connection to the last answer; well below what a due command may take."""
EACH = 10.0
"""Seconds that the server may be silent."""
FAREWELL = 1.0
ABOUT_US = frozenset({530, 534, 535, 538})
"""It wants other credentials or more encryption: once that is put right, the letter leaves."""
ADDRESS = re.compile(r"[^\s<>\"']+@[^\s<>\"']+")


class SmtpMailer:
    """A connection per letter, and nothing kept.

    A letter that the server refuses for good (5xx, to its sender, its recipient or its text) is refused, in the
    server's words without addresses. All else may pass: 4xx, a server that is away, silent, or gone before it has
    answered to the whole letter, no STARTTLS, a certificate or a password that is wrong.
    """

    def __init__(
        self, server: MailServer, *, sender: Address, outbox: OutboxMailer, whole: float = WHOLE, each: float = EACH
    ) -> None:
        """`outbox` may hold letters from before there was a server; whoever is forgotten, is forgotten there too."""
        self._server = server
        self._sender = sender
        self._outbox = outbox
        self._whole = whole
        self._each = each
        self._tls = ssl.create_default_context(cafile=server.authorities)

    async def send(self, letter: Letter) -> None:
        message = message_of(letter, sender=self._sender)
        client = self._client()
        try:
            async with asyncio.timeout(self._whole):
                await client.connect()
                await self._hand_over(client, message)
            with suppress(SMTPException, OSError):  # it has the letter already
                await client.quit(timeout=FAREWELL)
        except (SMTPSenderRefused, SMTPRecipientRefused, SMTPDataError) as refused:
            if 500 <= refused.code < 600 and refused.code not in ABOUT_US:
                raise LetterRefused(_said(refused)) from None
            raise MailerUnavailable(_said(refused)) from None
        except SMTPResponseException as refused:
            raise MailerUnavailable(_said(refused)) from None
        except (SMTPTimeoutError, TimeoutError):
            raise MailerUnavailable("the mail server takes too long to answer") from None
        except (SMTPException, OSError) as trouble:
            raise MailerUnavailable(f"no mail server: {_without_addresses(_reason(trouble))}") from None
        finally:
            client.close()

    async def forget(self, account: AccountId) -> None:
        await self._outbox.forget(account)

    def _client(self) -> SMTP:
        server, credentials = self._server, self._server.credentials
        return SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.encryption is Encryption.TLS,
            start_tls=server.encryption is Encryption.STARTTLS,
            tls_context=None if server.encryption is Encryption.OFF else self._tls,
            username=credentials.user if credentials else None,
            password=credentials.password if credentials else None,
            local_hostname=self._sender.domain,
            timeout=self._each,
        )

    async def _hand_over(self, client: SMTP, message: EmailMessage) -> None:
        """Returns when the server has taken it over. Raises LetterRefused where it could not write to the address."""
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
        options, encoding = [], "ascii"
        if message.policy is INTERNATIONAL:
            if not client.supports_extension("smtputf8"):
                raise LetterRefused("the mail server takes no international addresses (SMTPUTF8)")
            options, encoding = ["SMTPUTF8"], "utf-8"
        await client.mail(self._sender.addr_spec, options=options, encoding=encoding)
        await client.rcpt(message["To"].addresses[0].addr_spec, encoding=encoding)
        await client.data(message.as_bytes())


def _said(refused: SMTPResponseException) -> str:
    return f"the mail server says {refused.code}: {_without_addresses(refused.message)}"


def _reason(trouble: Exception) -> str:
    """The client says that it could not connect, and what stands behind it says why."""
    return ": ".join(str(each) for each in (trouble, trouble.__cause__) if each is not None)


def _without_addresses(text: str) -> str:
    """Errors are kept in due rows, which hold no personal data."""
    return ADDRESS.sub("…", " ".join(text.split()))
