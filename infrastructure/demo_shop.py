"""The demo shop: who works and buys there, and what it sells."""

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
