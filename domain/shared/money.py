"""Money: integer minor units of one ISO 4217 currency. No float comes near it."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from domain.shared.currencies import DECIMALS
from domain.shared.refusal import Refusal

MAX_MINOR = 10**15
"""The largest amount, in minor units, that anything in the shop may come to."""
BASIS_POINTS = 10_000
"""A whole, in basis points."""


class CurrencyMismatch(Refusal):
    """Two amounts of different currencies were brought together."""

    code = "currency-mismatch"


class UnknownCurrency(Refusal):
    """Not the code of a currency in ISO 4217."""

    code = "unknown-currency"


class NotAnAmount(Refusal):
    """Too many decimals for the currency, or outside what an amount may be."""

    code = "not-an-amount"


def decimals_of(currency: str) -> int:
    """How many decimals amounts of the currency have; raises UnknownCurrency."""
    decimals = DECIMALS.get(currency)
    if decimals is None:
        raise UnknownCurrency(f"{currency[:20]!r} is not an ISO 4217 currency code.")
    return decimals


class Money(msgspec.Struct, frozen=True, array_like=True, order=False):
    """An amount; JSON is `[minor, currency]`, `[87500,"INR"]`. Results beyond MAX_MINOR raise NotAnAmount."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> "Money":
        """An amount in major units from outside: not negative, and without more decimals than the currency has."""
        decimals = decimals_of(currency)
        exponent = amount.as_tuple().exponent
        if not isinstance(exponent, int):
            raise NotAnAmount(f"{amount} is not a number.")
        if exponent < -decimals:
            raise NotAnAmount(f"Amounts in {currency} have at most {decimals} decimals.")
        if amount < 0:
            raise NotAnAmount("An amount is not negative.")
        if amount.adjusted() + decimals > len(str(MAX_MINOR)):
            raise NotAnAmount("The amount is too large.")
        return cls(_bounded(int(amount.scaleb(decimals))), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in a currency; raises UnknownCurrency."""
        decimals_of(currency)
        return cls(0, currency)

    @property
    def is_zero(self) -> bool:
        return self.minor == 0

    def major(self) -> Decimal:
        """In major units, with exactly the currency's decimals: `Decimal("875.00")`."""
        return Decimal(self.minor).scaleb(-decimals_of(self.currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(_bounded(self.minor + self._comparable(other)), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(_bounded(self.minor - self._comparable(other)), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def times(self, count: int) -> "Money":
        return Money(_bounded(self.minor * count), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._comparable(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._comparable(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._comparable(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._comparable(other)

    def share(self, basis_points: int) -> "Money":
        """That many ten-thousandths of it, rounded to the minor unit; halves away from zero (half-up)."""
        rounded = (abs(self.minor) * basis_points * 2 + BASIS_POINTS) // (BASIS_POINTS * 2)
        return Money(_bounded(rounded if self.minor >= 0 else -rounded), self.currency)

    def allocate(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Split in proportion to the weights, by largest remainder: the parts sum to it exactly.

        Equal remainders are served from the front, a weight of zero gets nothing, and where all weights are zero they
        count as equal. Raises ValueError for a negative weight, and for an amount with nobody to give it to.
        """
        if any(weight < 0 for weight in weights):
            raise ValueError("a weight is not negative")
        if not weights and self.minor:
            raise ValueError("there is nobody to allocate to")
        if len(weights) == 1:
            return (self,)
        shares = weights if any(weights) else [1] * len(weights)
        whole, amount = sum(shares), abs(self.minor)
        parts = [amount * share // whole for share in shares]
        by_remainder = sorted(range(len(shares)), key=lambda i: -(amount * shares[i] % whole))
        for i in by_remainder[: amount - sum(parts)]:
            parts[i] += 1
        sign = 1 if self.minor >= 0 else -1
        return tuple(Money(sign * part, self.currency) for part in parts)

    def _comparable(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix.")
        return other.minor


def _bounded(minor: int) -> int:
    if not -MAX_MINOR <= minor <= MAX_MINOR:
        raise NotAnAmount("The amount is too large.")
    return minor
