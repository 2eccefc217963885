"""Sale windows of products: a percentage off, from one instant to another."""

from pydantic import Field

from api.answers import Answer, created, no_content
from api.call import Call
from api.fields import Body, Moment, Percentage
from api.product_schemas import EXAMPLE_VIEW, ProductView, kept
from api.routing import Operation, Resource
from application.products import ProductKept
from application.sales import CancelSale, ScheduleSale
from domain.accounts.events import Role
from domain.catalogue.sales import SalePercentageOutOfRange, SalesOverlap, SaleWindowInvalid, TooManySales
from domain.shared.identifiers import ProductId

RESOURCE = Resource("/api/v1/products", "catalogue")
SELLERS = (Role.SELLER, Role.ADMIN)
EXAMPLE = {"start": "2026-11-27T00:00:00Z", "end": "2026-11-30T00:00:00Z", "percentage": 25}


class SaleForm(Body):
    start: Moment = Field(description="The first instant of the sale.")
    end: Moment = Field(description="The first instant after the sale.")
    percentage: Percentage = Field(description="Off the price: more than 0 and less than 100.")


@RESOURCE.route(
    "POST",
    "/{product_id}/sale",
    Operation(
        summary="Put a product on sale for a time",
        answer=ProductView,
        status=201,
        roles=SELLERS,
        refusals=(SaleWindowInvalid, SalePercentageOutOfRange, SalesOverlap, TooManySales),
        examples={"request": EXAMPLE, "response": EXAMPLE_VIEW},
    ),
)
async def schedule_sale(call: Call, product_id: ProductId, body: SaleForm) -> Answer:
    command = ScheduleSale(product_id=product_id, start=body.start, end=body.end, percentage=body.percentage)
    known = await call.running.catalogue.product(product_id)
    changed = await call.done(command, ProductKept)
    return created(kept(changed, known), location=f"/api/v1/products/{product_id}", version=changed.version)


@RESOURCE.route(
    "DELETE",
    "/{product_id}/sale",
    Operation(summary="Call off the current sale of a product, or the next", status=204, roles=SELLERS),
)
async def cancel_sale(call: Call, product_id: ProductId) -> Answer:
    await call.submit(CancelSale(product_id=product_id, expected_version=call.expected_version()))
    return no_content()
