"""Who asks: a person with an account, nobody yet, or the shop itself."""

from enum import StrEnum

import msgspec

from domain.shared.identifiers import AccountId


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
    """Set for SYSTEM alone: the process manager or tool, `unpaid-orders`."""

    @classmethod
    def of(cls, account: AccountId) -> "Actor":
        return cls(kind=ActorKind.ACCOUNT, account=account)

    @classmethod
    def system(cls, name: str) -> "Actor":
        return cls(kind=ActorKind.SYSTEM, name=name)

    def __str__(self) -> str:
        """`account:<uuid>`, `system:<name>` or `anonymous`: the form kept with each command."""
        suffix = self.account or self.name
        return f"{self.kind}:{suffix}" if suffix else str(self.kind)


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)
