"""What a payment provider tells the shop by itself, once it is known to come from there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from application.ports.gateway import Charge, Receipt
from domain.shared.identifiers import PaymentId


class ChargeNews(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a charge."""

    payment_id: PaymentId
    charge: Charge


class RefundNews(msgspec.Struct, frozen=True, kw_only=True):
    """Money went back; the receipt's key is the refund's id."""

    payment_id: PaymentId
    receipt: Receipt


class OtherNews(msgspec.Struct, frozen=True, kw_only=True):
    """Something that changes nothing here, or that nobody here can read."""

    understood: bool


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event at a provider's. However often it comes, it has the same identity."""

    provider: str
    identity: str
    kind: str
    """In the provider's words, `payment.captured`."""
    news: ChargeNews | RefundNews | OtherNews


class DeliveryForged(Exception):
    """No secret of ours has signed it: nothing that it says is believed."""


class DeliveryStale(Exception):
    """It was signed, but too long ago, or in the future."""


class Webhook(Protocol):
    """Where one provider delivers."""

    async def receive(self, body: bytes, headers: Mapping[bytes, bytes], *, at: datetime) -> Delivery:
        """Verifies the raw body and reads it; header names are in lower case.

        Raises DeliveryForged, DeliveryStale, or GatewayUnavailable where it has to come again.
        """
