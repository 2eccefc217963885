"""What people call an order."""

from domain.shared.identifiers import OrderId

UNAMBIGUOUS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are misread or misheard."""
_PAIRS = tuple(high + low for high in UNAMBIGUOUS for low in UNAMBIGUOUS)


def order_number(order_id: OrderId) -> str:
    """`TS-7K3M-0XQ9-BN4D`: 60 bits that follow from the order's id."""
    bits = order_id.int
    first, second, third, fourth, fifth, sixth = (_PAIRS[bits >> shift & 1023] for shift in (50, 40, 30, 20, 10, 0))
    return f"TS-{first}{second}-{third}{fourth}-{fifth}{sixth}"
