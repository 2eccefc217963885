"""The seller of what runs low is written to.

ProductListed, ProductDescribed ──▶ whose it is, and what it is called
ProductWithdrawn, …Restored     ──▶ whether anybody has to know
StockRanLow                     ──▶ at once: SendMail, low-stock; once per crossing of the threshold
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec.structs import replace

from application.effects.mail import SendMail
from application.processes.process import Decision, Due, ProcessManager
from domain.catalogue.events import ProductDescribed, ProductListed, ProductRestored, ProductWithdrawn
from domain.inventory.events import StockRanLow
from domain.shared.event import Event
from domain.shared.identifiers import AccountId

TEMPLATE = "low-stock"


class Goods(msgspec.Struct, frozen=True, kw_only=True):
    """A product, as far as its seller is to be told of it."""

    seller_id: AccountId
    name: str
    withdrawn: bool = False


def instance(event: Event) -> UUID | None:
    match event:
        case ProductListed() | ProductDescribed() | ProductWithdrawn() | ProductRestored() | StockRanLow():
            return event.product_id
        case _:
            return None


def react(state: Goods | None, event: Event) -> tuple[Goods | None, Sequence[Decision]]:
    if isinstance(event, ProductListed):
        return Goods(seller_id=event.seller_id, name=event.name), ()
    if state is None:
        return None, ()
    match event:
        case ProductDescribed(name=name):
            return replace(state, name=name), ()
        case ProductWithdrawn():
            return replace(state, withdrawn=True), ()
        case ProductRestored():
            return replace(state, withdrawn=False), ()
        case StockRanLow():
            return state, () if state.withdrawn else (_mail(state, event),)
        case _:
            return state, ()


def _mail(goods: Goods, event: StockRanLow) -> Due:
    references = {
        "product_id": str(event.product_id),
        "product": goods.name,
        "available": str(event.available),
        "threshold": str(event.threshold),
        "crossing": str(event.crossing),
    }
    send = SendMail(template=TEMPLATE, account_id=goods.seller_id, references=references)
    return Due(f"{TEMPLATE}:{event.crossing}", send)


LOW_STOCK: ProcessManager[Goods] = ProcessManager(
    name="low-stock",
    version=1,
    events=(ProductListed, ProductDescribed, ProductWithdrawn, ProductRestored, StockRanLow),
    state=Goods,
    instance=instance,
    react=react,
)
