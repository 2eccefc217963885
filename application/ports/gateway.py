"""The payment provider as the shop sees it: everything is asked for by a key, so asking twice is asking once."""

from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec

from domain.shared.money import Money


class ChargeStatus(StrEnum):
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    VOIDED = "voided"


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider holds under a key."""

    key: UUID
    status: ChargeStatus
    amount: Money
    transaction_id: str
    reason: str | None = None
    """Set when declined."""


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing is decided yet: the customer goes on at the provider's, with this in hand."""

    key: UUID
    client_secret: str | None = None
    next_action: dict[str, str] | None = None
    """What is to be done, `type`, and what that takes."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A refund the provider has made."""

    key: UUID
    amount: Money
    transaction_id: str


class GatewayUnavailable(Exception):
    """The provider failed in a way that may pass; nothing is known of the outcome until it is asked by key."""


class GatewayRefused(Exception):
    """The provider will never do what it was asked, however often: a refund of more than was taken."""


class ChargeUnproven(GatewayRefused):
    """The client says that it has paid, and cannot show it."""


class PaymentGateway(Protocol):
    @property
    def hands_over(self) -> bool:
        """Whether customers pay at the provider's own: then who asks again is handed the same attempt."""

    async def charge(
        self, *, key: UUID, amount: Money, reference: str | None, proof: str | None = None
    ) -> Charge | Handover:
        """Take the money once per key; the same key gives the same charge.

        `proof` is the provider's signature, where the client has paid already under its transaction `reference`.
        Raises GatewayUnavailable, ChargeUnproven.
        """

    async def find(self, key: UUID) -> Charge | None:
        """What became of the key; None where nothing did yet. Raises GatewayUnavailable."""

    async def void(self, key: UUID, amount: Money) -> Charge:
        """Make sure the key never takes money again: VOIDED, or the final charge when it is too late."""

    async def refund(self, *, key: UUID, charge: UUID, amount: Money) -> Receipt:
        """Give money of a charge back, once per key. Raises GatewayUnavailable, GatewayRefused."""
