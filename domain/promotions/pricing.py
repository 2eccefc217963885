"""What an order costs, line by line and in all, without losing a cent."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add

import msgspec

from domain.ordering.events import OrderLine
from domain.shared.identifiers import AccountId, ProductId
from domain.shared.money import BASIS_POINTS, Money
from domain.shared.refusal import Refusal


class DiscountTooLarge(Refusal):
    """A discount is negative, or more than what it is taken off."""

    code = "discount-too-large"


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """So many units of one product, at the price of one."""

    product_id: ProductId
    seller_id: AccountId
    name: str
    quantity: int
    price: Money
    tax_rate: int
    """Basis points, 1,800 = 18 %."""

    @property
    def total(self) -> Money:
        """Before discount and tax."""
        return self.price.times(self.quantity)


class Discount(msgspec.Struct, frozen=True):
    """So much off one seller's lines, or off all."""

    amount: Money
    seller_id: AccountId | None = None

    def applies_to(self, sale: Sale) -> bool:
        return self.seller_id in {None, sale.seller_id}


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """The lines and their sums: each total is exactly the sum of its lines' shares."""

    lines: tuple[OrderLine, ...]
    original: Money
    discount: Money
    tax: Money
    payable: Money


def quote(sales: Sequence[Sale], *, discount: Discount, tax_inclusive: bool) -> Quote:
    """Prices an order.

    The discount is shared out by the original amounts of the lines that it is taken off. The tax is rounded once for
    each rate, half up, on what the lines of that rate come to after discount, then shared out by the lines' discounted
    amounts; where taxes are inclusive it is the part of that total that is tax, and adds nothing. Every sharing out is
    by largest remainder. Raises DiscountTooLarge, and NotAnAmount or CurrencyMismatch where the sum is none.
    """
    nothing = Money.zero(discount.amount.currency)
    originals = [sale.total for sale in sales]
    discounts = _discounts(discount, sales, nothing)
    nets = [before - off for before, off in zip(originals, discounts, strict=True)]
    taxes = _taxes([sale.tax_rate for sale in sales], nets, nothing, inclusive=tax_inclusive)
    lines = tuple(
        OrderLine(
            product_id=sale.product_id,
            seller_id=sale.seller_id,
            name=sale.name,
            quantity=sale.quantity,
            price=sale.price,
            original=before,
            discount=off,
            tax=tax,
            tax_rate=sale.tax_rate,
            payable=before - off if tax_inclusive else before - off + tax,
        )
        for sale, before, off, tax in zip(sales, originals, discounts, taxes, strict=True)
    )
    return Quote(
        lines=lines,
        original=_sum(originals, nothing),
        discount=discount.amount,
        tax=_sum(taxes, nothing),
        payable=_sum((line.payable for line in lines), nothing),
    )


def total_of(sales: Iterable[Sale], currency: str) -> Money:
    """What the lines come to before discount and tax."""
    return _sum((sale.total for sale in sales), Money.zero(currency))


def _discounts(discount: Discount, sales: Sequence[Sale], nothing: Money) -> tuple[Money, ...]:
    bases = [sale.total if discount.applies_to(sale) else nothing for sale in sales]
    if not nothing <= discount.amount <= _sum(bases, nothing):
        raise DiscountTooLarge("A discount is at least nothing and at most what it is taken off.")
    return _shares(discount.amount, bases)


def _taxes(rates: Sequence[int], nets: Sequence[Money], nothing: Money, *, inclusive: bool) -> list[Money]:
    """Each line's tax, in the lines' order."""
    taxes = [nothing] * len(nets)
    for rate in dict.fromkeys(rates):
        taxed = [number for number, each in enumerate(rates) if each == rate]
        weights = [nets[number] for number in taxed]
        shares = _shares(_tax(_sum(weights, nothing), rate, inclusive=inclusive), weights)
        for number, share in zip(taxed, shares, strict=True):
            taxes[number] = share
    return taxes


def _tax(net: Money, rate: int, *, inclusive: bool) -> Money:
    """Rounded half up; of an inclusive net, the part of it that is tax."""
    base = BASIS_POINTS + rate if inclusive else BASIS_POINTS
    return Money((2 * net.minor * rate + base) // (2 * base), net.currency)


def _shares(total: Money, weights: Sequence[Money]) -> tuple[Money, ...]:
    if total.is_zero:
        return (total,) * len(weights)
    return total.allocate([weight.minor for weight in weights])


def _sum(amounts: Iterable[Money], nothing: Money) -> Money:
    return reduce(add, amounts, nothing)
