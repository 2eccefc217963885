"""A key by which a program acts as the admin who issued it, for as long as that is one."""

from datetime import datetime
from typing import assert_never, get_args

import msgspec
from msgspec.structs import replace

from domain.accounts.account import Account
from domain.accounts.events import Role
from domain.accounts.key_events import ApiKeyEvent, ApiKeyIssued, ApiKeyRevoked
from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, ApiKeyId
from domain.shared.refusal import Forbidden


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """Revoked for good."""

    id: ApiKeyId
    issuer_id: AccountId
    revoked: bool

    @staticmethod
    def issue(*, key_id: ApiKeyId, issuer: Account, name: str, at: datetime) -> tuple[ApiKeyEvent, ...]:
        """Raises Forbidden for everybody but admins."""
        issuer.require(Role.ADMIN)
        return (ApiKeyIssued(key_id=key_id, issuer_id=issuer.id, name=name, at=at),)

    def require_good(self, issuer: Account) -> None:
        """Raises Forbidden where it was revoked, is somebody else's, or its issuer is no admin any more."""
        if self.revoked or self.issuer_id != issuer.id:
            raise Forbidden("The API key is not valid.")
        issuer.require(Role.ADMIN)

    def revoke(self, at: datetime) -> tuple[ApiKeyEvent, ...]:
        """Once is enough."""
        return () if self.revoked else (ApiKeyRevoked(key_id=self.id, at=at),)


def evolve(key: ApiKey | None, event: ApiKeyEvent) -> ApiKey:
    """The key after the event."""
    match event:
        case ApiKeyIssued(key_id=key_id, issuer_id=issuer_id):
            return ApiKey(id=key_id, issuer_id=issuer_id, revoked=False)
        case _ if key is None:
            raise ValueError(f"{event.topic} came first")
        case ApiKeyRevoked():
            return replace(key, revoked=True)
        case _:
            assert_never(event)


API_KEYS: Category[ApiKey, ApiKeyEvent] = Category(
    name="api-key",
    family=Family.CUSTOMERS,
    events=get_args(ApiKeyEvent),
    state=ApiKey,
    evolve=evolve,
    key=lambda key: key.issuer_id,
)
