"""The message that each golden stored event travels as."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from domain.shared.category import Category
from domain.shared.event import Event
from domain.shared.identifiers import CATEGORY_TREE, address_book_of, review_of, stock_of, wishlist_of
from infrastructure.eventstore.raw import StoredEvent
from infrastructure.eventstore.registry import event_codec
from infrastructure.streaming.contracts import Example
from infrastructure.streaming.message import Message, message_of
from tests.golden.catalogue import CATALOGUE
from tests.golden.categories import (
    CATEGORIES,
)
from tests.golden.customers import (
    ACCOUNT,
    API_KEY,
    AT,
    CART,
    CUSTOMERS,
    ORDER,
    PRODUCT,
    SESSION,
)
from tests.golden.orders import ORDERS, PAYMENT
from tests.golden.promotions import COUPON, PROMOTIONS
from tests.golden.reports import REPORT, REPORTS

STORED = Path(__file__).parent / "events"
FILES = Path(__file__).parent / "messages"
CODEC = event_codec()
PARTITIONS = 8
PREFIX = "commerce"
POSITION, PREVIOUS, STREAM_VERSION = 4_711, 4_702, 3
COMMAND = UUID("c0000000-0000-4000-8000-00000000000b")
STREAMS: dict[str, UUID] = {
    "account": ACCOUNT,
    "session": SESSION,
    "address-book": address_book_of(ACCOUNT),
    "api-key": API_KEY,
    "cart": CART,
    "wishlist": wishlist_of(ACCOUNT),
    "category-tree": CATEGORY_TREE,
    "product": PRODUCT,
    "review": review_of(PRODUCT, ACCOUNT),
    "stock": stock_of(PRODUCT),
    "order": ORDER,
    "payment": PAYMENT,
    "coupon": COUPON,
    "report": REPORT,
}
"""By category; give a new one its own here."""

_GOLDEN: dict[type[Event], Event] = {
    type(event): event for event in (*CUSTOMERS, *CATALOGUE, *CATEGORIES, *ORDERS, *PROMOTIONS, *REPORTS)
}


class Pinned(msgspec.Struct, frozen=True, kw_only=True):
    """A message as its file shows it. The value is raw: the file holds its bytes as they travel."""

    topic: str
    partition: int
    key: str
    headers: list[tuple[str, str]]
    value: msgspec.Raw


def published() -> list[str]:
    """Name and version on disk of each golden stored event that is published, former versions too."""
    names = [":".join(path.stem.rsplit(".", 1)) for path in STORED.glob("*.json")]
    return sorted(name for name in names if CODEC.category(name).family)


def file_of(name: str, directory: Path = FILES) -> Path:
    """`ordering.order-placed:1` is kept in `ordering.order-placed.1.json`."""
    return directory / f"{name.replace(':', '.')}.json"


def key_of(category: Category[Any, Any]) -> UUID:
    """What the shop itself makes of a stream that begins as the golden one does."""
    key: UUID = category.key(category.evolve(None, _GOLDEN[category.events[0]]))
    return key


def message(name: str) -> Message:
    """As the relay sends it."""
    category = CODEC.category(name)
    stored = StoredEvent(
        position=POSITION,
        stream=STREAMS[category.name],
        version=STREAM_VERSION,
        topic=name,
        state=file_of(name, STORED).read_bytes().rstrip(b"\n"),
        family=category.family,
        ordering_key=key_of(category),
        recorded_at=AT + timedelta(milliseconds=500),
        command_id=COMMAND,
    )
    return message_of(stored, prev=PREVIOUS, prefix=PREFIX, partitions=PARTITIONS)


def shown(message: Message) -> bytes:
    """What its file holds: one header a line, and the value as one line of its own."""
    headers = [msgspec.json.encode((name, value.decode("ascii"))).decode() for name, value in message.headers]
    lines = [
        f'"topic": "{message.topic}"',
        f'"partition": {message.partition}',
        f'"key": "{message.key.decode("ascii")}"',
        '"headers": [\n    ' + ",\n    ".join(headers) + "\n  ]",
        '"value": ' + message.value.decode(),
    ]
    return ("{\n  " + ",\n  ".join(lines) + "\n}\n").encode()


def pinned(path: Path) -> Pinned:
    """What a file holds."""
    return msgspec.json.decode(path.read_bytes(), type=Pinned)


def example_of(message: Pinned) -> Example:
    """The same, as the document shows it."""
    return Example(headers=dict(message.headers), payload=msgspec.json.decode(message.value))
