"""What happens to an order of the demo, one act after another, as `trade.json` tells it."""

from datetime import timedelta
from pathlib import Path

import msgspec

from domain.ordering.progress import Status
from domain.payments.events import Method
from infrastructure.demo.step import span

TRADE = Path(__file__).with_name("trade.json")


class _Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    ago: str | None = None
    """Before today; without it, so long after the act before as such things take."""


class Pay(_Act, frozen=True, kw_only=True, tag="pay"):
    method: Method = Method.UPI
    reference: str | None = None
    """What the simulated provider does is written in it."""


class Retry(_Act, frozen=True, kw_only=True, tag="retry"):
    method: Method


class Advance(_Act, frozen=True, kw_only=True, tag="advance"):
    by: str
    to: Status


class Cancel(_Act, frozen=True, kw_only=True, tag="cancel"):
    by: str
    reason: str


class Refund(_Act, frozen=True, kw_only=True, tag="refund"):
    by: str
    amount: str | None = None
    """Rupees; without it, all that is left."""
    reason: str


class Write(_Act, frozen=True, kw_only=True, tag="review"):
    sku: str
    rating: int
    text: str


Act = Pay | Retry | Advance | Cancel | Refund | Write


class Story(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One order, from placing on. Who does something is named by the first part of their email."""

    name: str
    buyer: str
    ago: str
    items: dict[str, int]
    """So many of each, by SKU."""
    coupon: str | None = None
    named: bool = False
    """Ordered by name, past the cart."""
    then: tuple[Act, ...] = ()


TAKES: dict[type[_Act], timedelta] = {
    Pay: timedelta(minutes=1),
    Retry: timedelta(minutes=4),
    Cancel: timedelta(hours=2),
    Refund: timedelta(hours=26),
    Write: timedelta(hours=30),
}
"""How long after the act before; for steps of an order, see ON_ITS_WAY."""
ON_ITS_WAY = {
    Status.PROCESSING: timedelta(hours=3),
    Status.SHIPPED: timedelta(hours=20),
    Status.DELIVERED: timedelta(hours=44),
}


def stories() -> tuple[Story, ...]:
    """All of the shop's trade."""
    return msgspec.json.decode(TRADE.read_bytes(), type=tuple[Story, ...])


def moments(story: Story) -> tuple[timedelta, ...]:
    """How long before today it was placed, and each act was done."""
    found = [span(story.ago)]
    for act in story.then:
        takes = ON_ITS_WAY[act.to] if isinstance(act, Advance) else TAKES[type(act)]
        found.append(found[-1] - takes if act.ago is None else span(act.ago))
    return tuple(found)
