"""Who calls, and from where."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from api.problems import unauthenticated
from api.running import Running
from api.services import Services
from application.ports.security import AccessClaims, PresentedKey, Standing, TokenRejected
from domain.accounts.account import AccountStatus
from domain.accounts.events import Role
from domain.shared.refusal import Forbidden

BEARER = "bearer "
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


def client_address(peer: str | None, forwarded: bytes | None, trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """The nearest address that no trusted proxy stands for; what others say of themselves does not count."""
    address = peer or "unknown"
    if forwarded is None or not trusted:
        return address
    hops = [hop.strip() for hop in forwarded.decode("latin-1").split(",")]
    while hops and _is_trusted(address, trusted):
        hop = hops.pop()
        if not _is_address(hop):
            return address
        address = hop
    return address


def _is_trusted(address: str, trusted: Sequence[IPv4Network | IPv6Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
