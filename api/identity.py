"""Who calls, and from where."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from api.problems import unauthenticated
from api.running import Running
from api.services import Services
from application.ports.security import AccessClaims, PresentedKey, Standing, TokenRejected
from domain.accounts.account import AccountStatus
from domain.accounts.events import Role
from domain.shared.refusal import Forbidden

BEARER = "bearer "
Networks = Sequence[IPv4Network | IPv6Network]
LONGEST_KEY = 200


def claims_of(headers: Mapping[bytes, bytes], services: Services) -> AccessClaims | None:
    """What the access token says; None without a good one. Cheap: nothing is read."""
    token = bearer(headers)
    if token is None:
        return None
    try:
        return services.tokens.verify_access(token)
    except TokenRejected:
        return None


def bearer(headers: Mapping[bytes, bytes]) -> str | None:
    value = headers.get(b"authorization", b"").decode("latin-1")
    return value[len(BEARER) :].strip() if value[: len(BEARER)].lower() == BEARER else None


async def authenticated(
    headers: Mapping[bytes, bytes], claims: AccessClaims | None, running: Running, *, fresh: bool
) -> Standing:
    """The account as it stands, or without `fresh` stood a second ago; raises 401 where there is none, it is closed, or
    its sessions were ended since."""
    if claims is None:
        given = b"authorization" in headers
        detail = "The access token is not valid or has expired." if given else "This takes an access token."
        raise unauthenticated(detail, token_given=given)
    standing = None if fresh else running.services.directory.recent(claims.account)
    standing = standing or await running.standings.get(claims.account)
    if standing is None or _is_over(claims, standing):
        raise unauthenticated("The session was ended.", token_given=True)
    if standing.status is not AccountStatus.ACTIVE:
        raise unauthenticated("The account is closed.", token_given=True)
    return standing


def _is_over(claims: AccessClaims, standing: Standing) -> bool:
    valid_from = standing.sessions_valid_from
    return valid_from is not None and claims.issued_at < valid_from and claims.session != standing.kept_session


async def key_of(headers: Mapping[bytes, bytes], services: Services) -> PresentedKey | None:
    """The API key that was sent, where it is good; one look-up by its hash, whatever it is."""
    secret = headers.get(b"x-api-key", b"").decode("latin-1").strip()
    if not 1 <= len(secret) <= LONGEST_KEY:
        return None
    return await services.directory.key_of(services.tokens.hash_api_key(secret))


async def keyed(key: PresentedKey | None, running: Running) -> Standing:
    """The admin who issued the key, as it stands now; raises 401 where that is none any more, or the key no good."""
    standing = await running.standings.get(key.issuer) if key is not None else None
    if standing is None or standing.status is not AccountStatus.ACTIVE or standing.role is not Role.ADMIN:
        raise unauthenticated("The API key is not valid.", token_given=True)
    return standing


def require(standing: Standing, *roles: Role) -> Standing:
    """For what is read; commands check for themselves. Raises Forbidden."""
    if roles and standing.role not in roles:
        raise Forbidden(f"This takes the role {' or '.join(roles)}.")
    return standing


def client_address(peer: str | None, forwarded: bytes | None, trusted: Networks) -> str:
    """The nearest address that no trusted proxy stands for; what others say of themselves does not count."""
    address = peer or "unknown"
    if forwarded is None or not trusted:
        return address
    hops = forwarded.decode("latin-1").split(",")
    while hops and is_trusted(address, trusted):
        hop = _without_port(hops.pop().strip())
        if _parsed(hop) is None:
            return address
        address = hop
    return address


def is_trusted(address: str, trusted: Networks) -> bool:
    """Whether what comes from there is believed of others."""
    found = _parsed(address)
    return found is not None and any(found in network for network in trusted)


@lru_cache(maxsize=4_096)
def counted_as(address: str) -> str:
    """Whose requests count together: an IPv4 address, or the 64 bits of an IPv6 network that one subscriber has."""
    found = _parsed(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, 64), strict=False))
    return "unknown" if found is None else str(found)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """Without a zone; an IPv4 address that is written as one of IPv6 is what it is."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _without_port(hop: str) -> str:
    """As some proxies write it: `203.0.113.7:4711`, `[2001:db8::7]:4711`."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    host, _, port = hop.partition(":")
    return host if port.isdecimal() and "." in host else hop
