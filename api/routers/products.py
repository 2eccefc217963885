"""The catalogue: what sellers put in, and what everybody reads."""

from typing import Annotated

from fastapi import Query
from msgspec import UNSET
from msgspec.structs import replace

from api.answers import JSON, Answer, View, created, etag, json_answer, no_content, versioned
from api.cache import READ_MODELS
from api.call import Call
from api.catalogue_pages import validator
from api.multipart import FORM_PROBLEMS
from api.pictures import kept_pictures
from api.positions import catch_up
from api.problems import not_found
from api.product_forms import NewProduct, ProductForm, ProductPatch
from api.product_schemas import (
    EXAMPLE,
    EXAMPLE_VIEW,
    ProductFilters,
    ProductPage,
    ProductView,
    kept,
    shown,
)
from api.routing import Access, Operation, Resource
from application.catalogue import EditProduct, ListProduct, RestoreProduct, WithdrawProduct
from application.ports.commands import Command
from application.products import ProductKept
from domain.accounts.events import Role
from domain.catalogue.categories import CategoryIsClosing, UnknownCategory
from domain.catalogue.product import DiscountOutOfRange
from domain.inventory.stock import StockBelowReserved, StockOutOfRange
from domain.shared.identifiers import AccountId, CategoryId, ProductId
from projections.catalogue_queries import ProductRow

RESOURCE = Resource("/api/v1/products", "catalogue")
SELLERS = (Role.SELLER, Role.ADMIN)
EDITS = (UnknownCategory, CategoryIsClosing, DiscountOutOfRange, StockBelowReserved, StockOutOfRange)
OPEN = [(b"cache-control", b"public, no-cache")]
JSON_FIELDS = frozenset({"price", "discount", "quantity", "stockQuantity", "threshold", "attributes"})
EXAMPLES = {"request": EXAMPLE, "response": EXAMPLE_VIEW}


@RESOURCE.route(
    "GET",
    "/{product_id}",
    Operation(
        summary="One product",
        access=Access.PUBLIC,
        answer=ProductView,
        cached=True,
        examples={"response": EXAMPLE_VIEW},
    ),
)
async def get_product(call: Call, product_id: ProductId) -> Answer:
    tables = call.running.catalogue.tables()  # before the row: at a switch of tables it may seem older, never newer
    row = await current(call, product_id)
    answer = json_answer(shown(row), headers=[*OPEN, *etag(row.version, validator(tables, row.listed))])
    answer.until = row.price_until
    return answer


@RESOURCE.route(
    "GET",
    "",
    Operation(summary="Products, filtered and sorted", access=Access.PUBLIC, answer=ProductPage, cached=True),
)
async def list_products(call: Call, query: Annotated[ProductFilters, Query()]) -> Answer:
    await catch_up(call, *READ_MODELS)
    return await product_page(call, query)


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="Put a product into the catalogue",
        answer=ProductView,
        status=201,
        roles=SELLERS,
        refusals=(
            UnknownCategory,
            CategoryIsClosing,
            DiscountOutOfRange,
        ),
        problems=FORM_PROBLEMS,
        uploads=JSON_FIELDS,
        examples=EXAMPLES,
    ),
)
async def list_product(call: Call, body: NewProduct) -> Answer:
    command = ListProduct(
        product_id=ProductId(call.new_id("product")),
        seller_id=None if body.seller_id is None else AccountId(body.seller_id),
        title=body.name,
        description=body.description,
        sku=body.sku,
        attributes=body.attributes,
        price=body.price,
        discount=body.discount,
        quantity=0 if body.on_hand is UNSET else body.on_hand,
        category_id=_category(body),
        threshold=body.threshold,
    )
    async with kept_pictures(call) as images:
        listed = await call.done(replace(command, images=images), ProductKept)
    return created(kept(listed, None), location=f"/api/v1/products/{listed.product_id}", version=listed.version)


@RESOURCE.route(
    "PUT",
    "/{product_id}",
    Operation(
        summary="Replace a product's description and price, and count its stock anew where a quantity is given",
        answer=ProductView,
        roles=SELLERS,
        refusals=EDITS,
        examples={"request": {"name": "Brass kettle", "price": 799.00, "quantity": 40}},
    ),
)
async def replace_product(call: Call, product_id: ProductId, body: ProductForm) -> Answer:
    command = EditProduct(
        product_id=product_id,
        expected_version=call.expected_version(),
        title=body.name,
        description=body.description,
        sku=body.sku,
        attributes=body.attributes,
        price=body.price,
        discount=body.discount,
        category_id=_category(body),
        quantity=body.on_hand,
    )
    return await _changed(call, product_id, command)


@RESOURCE.route(
    "PATCH",
    "/{product_id}",
    Operation(
        summary="Change parts of a product, what is on hand among them",
        answer=ProductView,
        roles=SELLERS,
        refusals=EDITS,
        examples={"request": {"price": 799.00, "attributes": {"colour": "brass", "weight": None}}},
    ),
)
async def patch_product(call: Call, product_id: ProductId, body: ProductPatch) -> Answer:
    command = EditProduct(
        product_id=product_id,
        expected_version=call.expected_version(),
        title=body.name if body.gives("name") else UNSET,
        description=(body.description or "") if body.gives("description") else UNSET,
        sku=body.sku if body.gives("sku") else UNSET,
        attributes={} if body.gives("attributes") and body.attributes is None else UNSET,
        attributes_patch=body.attributes,
        price=body.price if body.gives("price") else UNSET,
        discount=(body.discount or 0) if body.gives("discount") else UNSET,
        category_id=_category(body) if body.gives("category") else UNSET,
        quantity=body.on_hand,
    )
    return await _changed(call, product_id, command)


@RESOURCE.route(
    "DELETE", "/{product_id}", Operation(summary="Take a product out of the catalogue", status=204, roles=SELLERS)
)
async def withdraw_product(call: Call, product_id: ProductId) -> Answer:
    await call.submit(WithdrawProduct(product_id=product_id, expected_version=call.expected_version()))
    return no_content()


@RESOURCE.route(
    "POST",
    "/{product_id}/restore",
    Operation(summary="Put a withdrawn product back", answer=ProductView, roles=SELLERS),
)
async def restore_product(call: Call, product_id: ProductId) -> Answer:
    command = RestoreProduct(product_id=product_id, expected_version=call.expected_version())
    return await _changed(call, product_id, command)


async def product_page(call: Call, query: ProductFilters) -> Answer:
    page = await call.running.catalogue.page(query)
    answer = Answer(200, page.body, [(b"content-type", JSON), *OPEN, (b"etag", page.etag)])
    answer.until = page.until
    return answer


async def current(call: Call, product_id: ProductId) -> ProductRow:
    """The product as the catalogue shows it; raises 404 for one that is not in it."""
    await catch_up(call, *READ_MODELS)
    row = await call.running.catalogue.product(product_id)
    if row is None or row.withdrawn:
        raise not_found("There is no such product.")
    return row


def _category(body: ProductForm | ProductPatch) -> CategoryId | None:
    return None if body.category is None else CategoryId(body.category)


async def _changed(call: Call, product_id: ProductId, command: Command) -> Answer:
    known = await call.running.catalogue.product(product_id)  # before, because nothing may fail once it is done
    product = await call.done(command, ProductKept)
    view: View = kept(product, known)
    return versioned(view, product.version)
