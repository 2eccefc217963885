"""Money: integer minor units of one ISO 4217 currency. No float comes near it."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from domain.shared.refusal import Refusal


class CurrencyMismatch(Refusal):
    """Two amounts of different currencies were brought together."""

    code = "currency-mismatch"


class NotAnAmount(Refusal):
    """Too many decimals for the currency, or outside what an amount may be."""

    code = "not-an-amount"


class Money(msgspec.Struct, frozen=True, array_like=True, order=False):
    """An amount; JSON is `[minor, currency]`, `[87500,"INR"]`."""

    minor: int
    currency: str
