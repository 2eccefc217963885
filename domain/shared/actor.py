"""Who asks: a person with an account, nobody yet, or the shop itself."""

from enum import StrEnum
from uuid import UUID

import msgspec

from domain.shared.identifiers import AccountId, ApiKeyId


class ActorKind(StrEnum):
    ACCOUNT = "account"
    ANONYMOUS = "anonymous"
    SYSTEM = "system"


class Actor(msgspec.Struct, frozen=True):
    """Who a command or an event is attributed to."""

    kind: ActorKind
    account: AccountId | None = None
    """Set for ACCOUNT alone."""
    name: str | None = None
    """Of a process manager or tool, `unpaid-orders`; for an account, of the API key that it acts through, if any."""

    @classmethod
    def of(cls, account: AccountId) -> "Actor":
        return cls(kind=ActorKind.ACCOUNT, account=account)

    @classmethod
    def system(cls, name: str) -> "Actor":
        return cls(kind=ActorKind.SYSTEM, name=name)

    @classmethod
    def through(cls, key: ApiKeyId, account: AccountId) -> "Actor":
        """Whoever holds a key acts as the account that issued it."""
        return cls(kind=ActorKind.ACCOUNT, account=account, name=str(key))

    @property
    def key(self) -> ApiKeyId | None:
        """The API key that the account acts through."""
        return ApiKeyId(UUID(self.name)) if self.kind is ActorKind.ACCOUNT and self.name else None

    def __str__(self) -> str:
        """`account:<uuid>`, `account:<uuid>/key:<uuid>`, `system:<name>` or `anonymous`: as kept with each command."""
        if self.account and self.name:
            return f"{self.kind}:{self.account}/key:{self.name}"
        suffix = self.account or self.name
        return f"{self.kind}:{suffix}" if suffix else str(self.kind)


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)
