"""How the text of a setting is read. Each form gives a value or raises ValueError with what was expected."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import formataddr, parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from domain.shared.money import UnknownCurrency, decimals_of

DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")
SECONDS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600), "d": Decimal(86400)}
SIZE = re.compile(r"(\d+)\s*(B|KiB|MiB|GiB)?")
BYTES = {None: 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
SECRET_LENGTH = 32
SHARED_LENGTH = 8
KEY_BYTES = 32
BROKER = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):\d{1,5}")
REDIS = re.compile(r"rediss?://")
TOPIC_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,99}")

Network = IPv4Network | IPv6Network


def text(value: str) -> str:
    return value


def path(value: str) -> Path:
    return Path(value).expanduser().absolute()


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number within bounds, both included."""

    def read(value: str) -> int:
        if not re.fullmatch(r"\d{1,12}", value) or not low <= int(value) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(value)

    return read


def truth(value: str) -> bool:
    known = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}
    if value.lower() not in known:
        raise ValueError("on or off")
    return known[value.lower()]


def choice(*allowed: str) -> Callable[[str], str]:
    """One of a few words, in any case."""

    def read(value: str) -> str:
        if value.lower() not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}")
        return value.lower()

    return read


def duration(value: str) -> timedelta:
    """`30m`, `8s`, `1h`, `500ms`, `2d`, `1h30m`, or `0`."""
    parts = DURATION.findall(value)
    written = "".join(number + unit for number, unit in parts)
    if value != "0" and (not value or written != value):
        raise ValueError("a duration such as 8s, 30m, 1h or 0")
    try:
        return timedelta(milliseconds=int(sum(int(number) * SECONDS[unit] for number, unit in parts) * 1000))
    except OverflowError:
        raise ValueError("a duration of less than a million years") from None


def interval(value: str) -> timedelta | None:
    """A duration; `off` and `0` are None, never."""
    return None if value == "off" else duration(value) or None


def retention(value: str) -> timedelta:
    """A duration that a date can be made of."""
    kept = duration(value)
    if not timedelta(minutes=1) <= kept <= timedelta(days=3_650):
        raise ValueError("a duration from 1m to 3650d")
    return kept


def size(value: str) -> int:
    """Bytes: `1MiB`, `512KiB`, `1000`."""
    match = SIZE.fullmatch(value)
    if match is None or int(match[1]) == 0:
        raise ValueError("a size such as 1MiB or 65536")
    return int(match[1]) * BYTES[match[2]]


def basis_points(value: str) -> int:
    """A share from 0 to 1 with at most four decimals: 0.18 is 1,800."""
    try:
        points = Decimal(value) * 10_000
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite() or points != points.to_integral_value() or not 0 <= points <= 10_000:
        raise ValueError("a share from 0 to 1 with at most four decimals, 0.18 for 18 %")
    return int(points)


def currency(value: str) -> str:
    try:
        decimals_of(value)
    except UnknownCurrency:
        raise ValueError("an ISO 4217 code such as INR") from None
    return value


def timezone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("an IANA time zone such as Asia/Kolkata") from None


def database(value: str) -> str:
    try:
        parts = conninfo_to_dict(value)
    except ProgrammingError:
        parts = {}
    if not parts:
        raise ValueError("a PostgreSQL URL such as postgresql://user:password@host:5432/till")
    return value


def origins(value: str) -> tuple[str, ...]:
    """Origins separated by commas; `*` alone is any."""
    found = tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
    for origin in found:
        split = urlsplit(origin)
        if origin != "*" and (split.scheme not in {"http", "https"} or not split.netloc or split.path):
            raise ValueError("origins such as https://shop.example, separated by commas")
    return found


CONTEXTS = ("accounts", "catalogue", "inventory", "shopping", "ordering", "payments", "promotions", "webhooks")


def contexts(value: str) -> tuple[str, ...]:
    """Names of contexts separated by commas; `all` or nothing is all of them."""
    found = tuple(part.strip() for part in value.split(",") if part.strip())
    if found == ("all",):
        return ()
    if not set(found) <= set(CONTEXTS):
        raise ValueError(f"contexts out of {', '.join(CONTEXTS)}, separated by commas")
    return found


def brokers(value: str) -> tuple[str, ...]:
    """`host:port` of Kafka brokers, separated by commas."""
    found = tuple(part.strip() for part in value.split(",") if part.strip())
    if any(not BROKER.fullmatch(broker) or not 0 < int(broker.rpartition(":")[2]) <= 65535 for broker in found):
        raise ValueError("brokers such as kafka:9092, separated by commas")
    return found


def topic_prefix(value: str) -> str:
    if not TOPIC_PREFIX.fullmatch(value):
        raise ValueError("1 to 100 letters, digits, dots, dashes and underscores, a letter first")
    return value


def limit_storage(value: str) -> str:
    """`memory://`, or where Redis is: `redis://:password@host:6379/0`, with TLS `rediss://…`."""
    if value == "memory://":
        return value
    try:
        parts = urlsplit(value)
        right = REDIS.match(value) and parts.hostname and parts.port != 0 and re.fullmatch(r"(/\d{0,4})?", parts.path)
    except ValueError:
        right = None
    if not right:
        raise ValueError("memory:// or a Redis URL such as redis://redis:6379/0")
    return value


def mailbox(value: str) -> Address:
    """`shop@example.com`, or `The Shop <shop@example.com>`."""
    name, address = parseaddr(value)
    try:
        if not address or formataddr((name, address)) != value.replace('"', "") or not value.isascii():
            raise ValueError(value)
        return Address(display_name=name, addr_spec=address)
    except (ValueError, HeaderParseError, IndexError):
        raise ValueError("an address such as shop@example.com or The Shop <shop@example.com>") from None


def networks(value: str) -> tuple[Network, ...]:
    """Addresses or networks separated by commas."""
    try:
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError:
        raise ValueError("addresses or networks such as 10.0.0.0/8, separated by commas") from None


def secret(value: str) -> str:
    if len(value) < SECRET_LENGTH:
        raise ValueError(f"at least {SECRET_LENGTH} characters; `openssl rand -base64 48` makes one")
    return value


def shared_secrets(value: str) -> tuple[str, ...]:
    """Secrets that somebody else has made, separated by commas: the old one is good until it is left out."""
    found = tuple(part.strip() for part in value.split(",") if part.strip())
    if not found or any(len(part) < SHARED_LENGTH or not part.isprintable() for part in found):
        raise ValueError(f"secrets of {SHARED_LENGTH} characters or more, separated by commas")
    return found


def key(value: str) -> bytes:
    """32 bytes in base64, of either alphabet, with or without padding."""
    padded = value.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise ValueError(f"{KEY_BYTES} bytes in base64; `openssl rand -base64 {KEY_BYTES}` makes one")
    return raw
