"""The demo's people: who works and buys there, where they live, and what they wish for."""

import msgspec

from domain.accounts.events import Role
from domain.shared.identifiers import AccountId, derived


class Login(msgspec.Struct, frozen=True):
    """Somebody who can log in. The passwords are public: this is a demo."""

    role: Role
    email: str
    name: str
    password: str


class Home(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Where a buyer has things sent, in the fields of the address book."""

    name: str
    line1: str
    line2: str = ""
    city: str
    state: str
    postal_code: str
    country: str = "IN"


BUYER_PASSWORD, SELLER_PASSWORD = "fill-the-cart", "stock-the-shelves"

PEOPLE = (
    Login(Role.BUYER, "buyer@till.example", "Priya Nair", BUYER_PASSWORD),
    Login(Role.SELLER, "seller@till.example", "Ravi Iyer", SELLER_PASSWORD),
    Login(Role.ADMIN, "admin@till.example", "Asha Menon", "open-the-shop"),
    Login(Role.SELLER, "seller2@till.example", "Meera Kulkarni", SELLER_PASSWORD),
    Login(Role.BUYER, "buyer2@till.example", "Arjun Rao", BUYER_PASSWORD),
    Login(Role.BUYER, "buyer3@till.example", "Zoë D'Souza", BUYER_PASSWORD),
    Login(Role.SELLER, "seller3@till.example", "Kavya Reddy", SELLER_PASSWORD),
)
"""Who is there from the beginning."""
SHOWN = PEOPLE[:3]
"""One of each role, for a newcomer."""
REGULARS = (
    Login(Role.BUYER, "buyer4@till.example", "Lakshmi Pillai", BUYER_PASSWORD),
    Login(Role.BUYER, "buyer5@till.example", "Imran Shaikh", BUYER_PASSWORD),
    Login(Role.BUYER, "buyer6@till.example", "Tara Bose", BUYER_PASSWORD),
    Login(Role.BUYER, "buyer7@till.example", "Dev Malhotra", BUYER_PASSWORD),
    Login(Role.BUYER, "buyer8@till.example", "Noor Fatima", BUYER_PASSWORD),
)
"""Who came later, and bought."""

HOMES = {
    "buyer": (
        Home(name="Priya Nair", line1="12 MG Road", city="Bengaluru", state="Karnataka", postal_code="560001"),
        Home(name="Priya Nair", line1="Kairali House", line2="Palayam", city="Kozhikode", state="Kerala",
             postal_code="673002"),
    ),
    "buyer2": (Home(name="Arjun Rao", line1="4 Tank Bund Road", city="Hyderabad", state="Telangana",
                    postal_code="500080"),),
    "buyer3": (Home(name="Zoë D'Souza", line1="88 Rua de Ourém", city="Panaji", state="Goa", postal_code="403001"),),
    "buyer4": (
        Home(name="Lakshmi Pillai", line1="21 Vellayambalam", city="Thiruvananthapuram", state="Kerala",
             postal_code="695010"),
    ),
    "buyer5": (Home(name="Imran Shaikh", line1="7 Mohammed Ali Road", city="Mumbai", state="Maharashtra",
                    postal_code="400003"),),
    "buyer6": (Home(name="Tara Bose", line1="16 Southern Avenue", city="Kolkata", state="West Bengal",
                    postal_code="700026"),),
    "buyer7": (
        Home(name="Dev Malhotra", line1="B-42 Sector 17", city="Chandigarh", state="Chandigarh", postal_code="160017"),
        Home(name="The front desk", line1="Office 5, Connaught Place", city="New Delhi", state="Delhi",
             postal_code="110001"),
    ),
    "buyer8": (Home(name="Noor Fatima", line1="3 Lal Darwaza", city="Ahmedabad", state="Gujarat",
                    postal_code="380001"),),
}  # fmt: skip
"""By the first part of the email; the first is the one that orders go to."""
WISHES = {
    "buyer": ("EL-404", "TV-501", "TY-953"),
    "buyer2": ("KT-205", "ST-901"),
    "buyer3": ("HM-601", "SP-801", "BK-101"),
    "buyer4": ("ST-903",),
    "buyer6": ("EL-402", "KT-203"),
    "buyer8": ("TY-951", "BK-104"),
}
"""What they look at without buying it."""
CARTS = {"buyer": {"ST-901": 1, "PN-301": 2}, "buyer3": {"SP-801": 1}}
"""What they are about to buy, by the number of each."""


def account_of(email: str) -> AccountId:
    """The account that somebody of the demo always has."""
    return AccountId(derived("demo-account", email))


def account_named(first_part: str) -> AccountId:
    """That of `buyer2@till.example`, by `buyer2`."""
    return account_of(f"{first_part}@till.example")
