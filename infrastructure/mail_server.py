"""Where mail goes, as SMTP_URL says."""

import re
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import msgspec

EXPECTED = (
    "smtp://user:password@host:587 or smtps://user:password@host:465, what is special in a password percent-encoded; "
    "without TLS smtp://host:25?starttls=off, and then without a password"
)
CREDENTIAL = re.compile(r"[^\x00-\x1f\x7f]+")


class Encryption(StrEnum):
    STARTTLS = "starttls"
    """Asked for before anything else is said; a server that has none is not spoken to."""
    TLS = "tls"
    """From the first byte."""
    OFF = "off"


PORTS = {Encryption.STARTTLS: 587, Encryption.TLS: 465, Encryption.OFF: 25}


class Credentials(msgspec.Struct, frozen=True):
    user: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(…)"


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Certificates are checked, against the system's authorities, or those of the file `authorities` alone."""

    host: str
    port: int
    encryption: Encryption
    credentials: Credentials | None = None
    authorities: Path | None = None


def mail_server(value: str) -> MailServer:
    """`smtp://user:password@host:587?authorities=/etc/ca.pem`."""
    try:
        return _server(urlsplit(value))
    except ValueError:
        raise ValueError(EXPECTED) from None


def _server(parts: SplitResult) -> MailServer:
    options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    starttls, authorities = options.pop("starttls", None), options.pop("authorities", None)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"} or parts.fragment:
        raise ValueError(EXPECTED)
    if options or starttls not in {None, "required", "off"} or (starttls and parts.scheme == "smtps"):
        raise ValueError(EXPECTED)
    encryption = Encryption.TLS if parts.scheme == "smtps" else Encryption.STARTTLS
    encryption = Encryption.OFF if starttls == "off" else encryption
    credentials = _credentials(parts)
    if encryption is Encryption.OFF and (credentials or authorities):
        raise ValueError(EXPECTED)
    return MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[encryption],
        encryption=encryption,
        credentials=credentials,
        authorities=Path(authorities).expanduser().absolute() if authorities else None,
    )


def _credentials(parts: SplitResult) -> Credentials | None:
    if parts.username is None and parts.password is None:
        return None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not CREDENTIAL.fullmatch(user) or not CREDENTIAL.fullmatch(password):
        raise ValueError(EXPECTED)
    return Credentials(user, password)
