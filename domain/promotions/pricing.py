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


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """The lines and their sums: each total is exactly the sum of its lines' shares."""

    lines: tuple[OrderLine, ...]
    original: Money
    discount: Money
    tax: Money
    payable: Money


def quote(sales: Sequence[Sale], *, discount: Money, tax_rate: int, tax_inclusive: bool) -> Quote:
    """Prices an order; `tax_rate` is in basis points, `discount` is taken off the whole order.

    The discount is shared out by the lines' original amounts. The tax is rounded once, half up, on the discounted
    total, then shared out by the lines' discounted amounts; where taxes are inclusive it is the part of that total
    that is tax, and adds nothing. Every sharing out is by largest remainder. Raises DiscountTooLarge, and
    NotAnAmount or CurrencyMismatch where the sum is none.
    """
    nothing = Money.zero(discount.currency)
    originals = [sale.price.times(sale.quantity) for sale in sales]
    original = _sum(originals, nothing)
    if not nothing <= discount <= original:
        raise DiscountTooLarge("A discount is at least nothing and at most what it is taken off.")
    discounts = _shares(discount, originals)
    nets = [before - off for before, off in zip(originals, discounts, strict=True)]
    taxes = _shares(_tax(original - discount, tax_rate, inclusive=tax_inclusive), nets)
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
            payable=before - off if tax_inclusive else before - off + tax,
        )
        for sale, before, off, tax in zip(sales, originals, discounts, taxes, strict=True)
    )
    return Quote(
        lines=lines,
        original=original,
        discount=discount,
        tax=_sum(taxes, nothing),
        payable=_sum((line.payable for line in lines), nothing),
    )


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
