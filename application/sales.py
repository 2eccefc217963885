"""Commands on the sale windows of a product. The windows decide the price; what is recorded at their ends does not."""

from datetime import datetime
from typing import ClassVar

from application.access import own_product, require_version
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from application.products import ProductKept, kept, product_streams
from domain.catalogue.product import PRODUCTS
from domain.shared.actor import ActorKind
from domain.shared.identifiers import ProductId
from domain.shared.refusal import Forbidden


class SaleNoted(Result, frozen=True, kw_only=True):
    product_id: ProductId
    noted: bool
    """False where there was nothing to note: it was before, or the sale was cancelled."""


class ScheduleSale(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "catalogue.schedule-sale"
    product_id: ProductId
    start: datetime
    end: datetime
    percentage: int

    def streams(self) -> Touched:
        return product_streams(self.product_id)


class CancelSale(Command, frozen=True, kw_only=True):
    """The current one, or the next."""

    name: ClassVar[str] = "catalogue.cancel-sale"
    product_id: ProductId
    expected_version: int | None = None

    def streams(self) -> Touched:
        return product_streams(self.product_id)


class _AtABoundary(Command, frozen=True, kw_only=True):
    product_id: ProductId
    start: datetime
    end: datetime

    def streams(self) -> Touched:
        return touching(PRODUCTS, self.product_id)


class StartSale(_AtABoundary, frozen=True, kw_only=True):
    """Due at the start."""

    name: ClassVar[str] = "catalogue.start-sale"


class EndSale(_AtABoundary, frozen=True, kw_only=True):
    """Due at the end."""

    name: ClassVar[str] = "catalogue.end-sale"


def schedule_sale(command: ScheduleSale, work: Work) -> ProductKept:
    product = own_product(work, command.product_id)
    scheduled = product.sales.schedule(
        product.id, start=command.start, end=command.end, percentage=command.percentage, at=work.now
    )
    work.record(PRODUCTS, product.id, scheduled)
    return kept(work, product.id)


def cancel_sale(command: CancelSale, work: Work) -> ProductKept:
    product = own_product(work, command.product_id)
    require_version(work, product.id, command.expected_version)
    work.record(PRODUCTS, product.id, product.sales.cancel(product.id, work.now))
    return kept(work, product.id)


def start_sale(command: StartSale, work: Work) -> SaleNoted:
    _require_the_shop(work)
    sales = work.get(PRODUCTS, command.product_id).sales
    begun = sales.begin(command.product_id, start=command.start, end=command.end, at=work.now)
    work.record(PRODUCTS, command.product_id, begun)
    return SaleNoted(product_id=command.product_id, noted=bool(begun))


def end_sale(command: EndSale, work: Work) -> SaleNoted:
    _require_the_shop(work)
    sales = work.get(PRODUCTS, command.product_id).sales
    ended = sales.finish(command.product_id, start=command.start, end=command.end, at=work.now)
    work.record(PRODUCTS, command.product_id, ended)
    return SaleNoted(product_id=command.product_id, noted=bool(ended))


def _require_the_shop(work: Work) -> None:
    if work.actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("The shop itself keeps the time.")
