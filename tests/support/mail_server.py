"""Mail servers: a real one that keeps what it is sent, and one that answers as it is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOCALHOST = "127.0.0.1"
SILENCE, GOODBYE = "silence", "goodbye"
"""Instead of a reply: none, for ever; and none because it has hung up."""


class Received:
    """What the real server was handed, and who had logged in to do so."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.users: list[bytes | None] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        self.envelopes.append(envelope)
        self.users.append(getattr(session.auth_data, "login", None))
        return "250 kept"

    def messages(self) -> list[EmailMessage]:
        """As whoever gets them reads them."""
        raw = [each.original_content or b"" for each in self.envelopes]
        return [message_from_string(content.decode(), policy=default) for content in raw]


@asynccontextmanager
async def real_server(
    received: Received,
    *,
    tls: ssl.SSLContext | None = None,
    from_the_first_byte: bool = False,
    login: tuple[str, str] | None = None,
    utf8: bool = True,
) -> AsyncIterator[int]:
    """Its port. With `tls` it offers STARTTLS and takes nothing before, with `login` nothing without a password."""

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
        assert isinstance(given, LoginPassword)
        right = (given.login.decode(), given.password.decode()) == login
        return AuthResult(success=right, handled=False, auth_data=given if right else None)

    starttls = tls is not None and not from_the_first_byte

    def protocol() -> SMTP:
        return SMTP(
            received, hostname="mx.example", enable_SMTPUTF8=utf8, tls_context=tls if starttls else None,
            require_starttls=starttls, authenticator=authenticate if login else None, auth_required=login is not None,
            auth_require_tls=starttls, loop=asyncio.get_running_loop(),
        )  # fmt: skip

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, LOCALHOST, 0, ssl=tls if from_the_first_byte else None)
    async with server:
        yield int(server.sockets[0].getsockname()[1])


class Scripted:
    """Answers each verb with the reply that `says` has for it, else with consent; `heard` is what it was told."""

    def __init__(self, **says: str) -> None:
        self.says: Mapping[str, str] = says
        self.heard: list[str] = []

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not await self._reply(writer, "BANNER", "220 mx.example"):
                return
            while line := await reader.readline():
                verb = line.split()[0].decode().upper()
                self.heard.append(verb)
                if not await self._reply(writer, verb, {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 fine")):
                    return
                if verb == "DATA" and self.says.get("DATA", "3")[0] == "3":
                    while (await reader.readline()).rstrip() not in {b".", b""}:
                        pass  # a drop comes when the letter is on its way
                    if not await self._reply(writer, "LETTER", "250 kept"):
                        return
        finally:
            writer.close()

    async def _reply(self, writer: asyncio.StreamWriter, verb: str, consent: str) -> bool:
        reply = self.says.get(verb, consent)
        if reply == GOODBYE:
            return False
        if reply == SILENCE:
            await asyncio.Event().wait()
        writer.write(f"{reply}\r\n".encode())
        await writer.drain()
        return True


@asynccontextmanager
async def scripted_server(script: Scripted) -> AsyncIterator[int]:
    """Its port."""
    talks: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        talks.add(talk)
        await script.converse(reader, writer)

    server = await asyncio.start_server(converse, LOCALHOST, 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def certificate(folder: Path, *, name: str = LOCALHOST) -> tuple[ssl.SSLContext, Path]:
    """A server's context, and the file of the only authority that vouches for it: itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.example")])
    now = datetime.now(UTC)
    host = x509.IPAddress(ip_address(name)) if name == LOCALHOST else x509.DNSName(name)
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certified, secret = folder / f"{name}.pem", folder / f"{name}.key"
    certified.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certified, secret)
    return context, certified
