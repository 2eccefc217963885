"""The demo shop: who works and buys there, and what it sells."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from domain.accounts.events import Role

GOODS = Path(__file__).with_name("demo_goods.json")


class Login(msgspec.Struct, frozen=True):
    """Somebody who can log in. The passwords are public: this is a demo."""

    role: Role
    email: str
    name: str
    password: str


class Goods(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One product as its seller would list it."""

    seller: str
    """Their email."""
    sku: str
    title: str
    price: str
    """Rupees."""
    stock: int
    threshold: int
    percent_off: int
    description: str
    attributes: dict[str, str]


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One coupon, for years to come."""

    code: str
    percent_off: int
    seller: str | None
    """Their email; None where it is for everything."""
    usage_limit: int
    per_customer_limit: int | None
    minimum: str | None
    """Rupees."""


BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
"""Of all offers."""
OFFERS = (
    Offer(code="MONSOON-10", percent_off=10, seller=None, usage_limit=1_000, per_customer_limit=1, minimum="999.00"),
    Offer(
        code="READ-MORE",
        percent_off=25,
        seller="seller@till.example",
        usage_limit=200,
        per_customer_limit=None,
        minimum=None,
    ),
)
PEOPLE = (
    Login(Role.BUYER, "buyer@till.example", "Priya Nair", "fill-the-cart"),
    Login(Role.SELLER, "seller@till.example", "Ravi Iyer", "stock-the-shelves"),
    Login(Role.ADMIN, "admin@till.example", "Asha Menon", "open-the-shop"),
    Login(Role.SELLER, "seller2@till.example", "Meera Kulkarni", "stock-the-shelves"),
    Login(Role.BUYER, "buyer2@till.example", "Arjun Rao", "fill-the-cart"),
    Login(Role.BUYER, "buyer3@till.example", "Zoë D'Souza", "fill-the-cart"),
)
SHOWN = PEOPLE[:3]
"""One of each role, for a newcomer."""


def goods() -> tuple[Goods, ...]:
    """Everything on the shelves."""
    return msgspec.json.decode(GOODS.read_bytes(), type=tuple[Goods, ...])
