"""What the demo shop sells: its categories, its goods, and what it takes off them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec

from domain.shared.identifiers import CategoryId, ProductId, derived
from domain.shared.money import Money, decimals_of

GOODS = Path(__file__).with_name("goods.json")
RUPEES = "INR"
RUPEES_PER_OTHER_UNIT = 100
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
"""Of offers without a window of their own."""

CATEGORY_RATES: dict[str, int | None] = {
    "Books": 0,
    "Books/Nature": None,
    "Books/Cooking": None,
    "Books/Fiction": None,
    "Books/Children": None,
    "Kitchen": None,
    "Kitchen/Cookware": None,
    "Kitchen/Coffee and tea": None,
    "Pantry": 500,
    "Pantry/Tea and coffee": None,
    "Electronics": None,
    "Electronics/Power": None,
    "Electronics/Sound": None,
    "Home": None,
    "Home/Lighting": None,
    "Home/Garden": 500,
    "Travel": None,
    "Tools": None,
    "Stationery": 1_200,
    "Stationery/Painting": None,
    "Games and sport": 1_200,
    "Games and sport/Cricket": None,
    "Games and sport/Toys": 500,
}
"""Paths from the top, each after what it stands below; the tax rates of their own, in basis points."""


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
    category: str
    """Path from the top."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One coupon, for years to come unless it has days of its own."""

    code: str
    percent_off: int
    usage_limit: int
    seller: str | None = None
    """Their email; None where it is for everything."""
    per_customer_limit: int | None = None
    minimum: str | None = None
    """Rupees."""
    days: tuple[int, int] | None = None
    """From and until, counted from today."""
    switched_off: int | None = None
    """The day on which it was, counted from today."""


class Reduction(msgspec.Struct, frozen=True, kw_only=True):
    """A sale window of one product. Days are counted from today."""

    sku: str
    percent_off: int
    announced: float
    start: float
    end: float


OFFERS = (
    Offer(code="MONSOON-10", percent_off=10, usage_limit=1_000, per_customer_limit=1, minimum="999.00"),
    Offer(code="READ-MORE", percent_off=25, usage_limit=200, seller="seller@till.example"),
)
"""Those of the shop as it opens."""
LATER_OFFERS = (
    Offer(code="WELCOME-15", percent_off=15, usage_limit=500, per_customer_limit=1),
    Offer(code="FIRST-THREE", percent_off=30, usage_limit=3, per_customer_limit=1),
    Offer(code="DIWALI-20", percent_off=20, usage_limit=100, days=(-27, -13)),
    Offer(code="WINTER-12", percent_off=12, usage_limit=100, minimum="500.00", days=(10, 40)),
    Offer(code="KITCHEN-5", percent_off=5, usage_limit=50, seller="seller@till.example", switched_off=-20),
    Offer(code="WRITE-HOME", percent_off=10, usage_limit=50, seller="seller3@till.example", days=(-27, 60)),
)
"""One that is used up, one that has expired, one that is not valid yet, one that was switched off, and others."""
REDUCTIONS = (
    Reduction(sku="BK-103", percent_off=30, announced=-16, start=-15, end=-12),
    Reduction(sku="EL-402", percent_off=35, announced=-3, start=-1, end=5),
    Reduction(sku="ST-901", percent_off=15, announced=-2, start=-0.5, end=2),
    Reduction(sku="KT-203", percent_off=40, announced=-1, start=3, end=10),
    Reduction(sku="TV-501", percent_off=15, announced=-1, start=1, end=4),
)


def goods() -> tuple[Goods, ...]:
    """Everything on the shelves, in the order in which it came there."""
    return msgspec.json.decode(GOODS.read_bytes(), type=tuple[Goods, ...])


def product_of(sku: str) -> ProductId:
    """The product that something of the demo always is."""
    return ProductId(derived("demo-product", sku))


def category_of(path: str) -> CategoryId:
    """The category that always stands there in the demo."""
    return CategoryId(derived("demo-category", path))


def price_of(rupees: Decimal, *, currency: str) -> Money:
    """The price in the store's currency; one unit of any other is taken for a hundred rupees."""
    amount = rupees if currency == RUPEES else rupees / RUPEES_PER_OTHER_UNIT
    return Money.of(round(amount, decimals_of(currency)), currency)


def window_of(offer: Offer, today: datetime) -> tuple[datetime, datetime]:
    """From when until when it is valid."""
    if offer.days is None:
        return BEGIN, END
    start, end = offer.days
    return today + timedelta(days=start), today + timedelta(days=end)
