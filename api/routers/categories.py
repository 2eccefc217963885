"""The tree of categories: what everybody reads, and admins change."""

from datetime import timedelta
from typing import Annotated
from uuid import uuid5

from fastapi import Query
from msgspec import UNSET

from api.answers import Answer, created, json_answer, no_content, versioned
from api.cache import READ_MODELS
from api.call import Call
from api.category_schemas import (
    EXAMPLE,
    EXAMPLE_TREE,
    EXAMPLE_VIEW,
    CategoryChange,
    CategoryTreeView,
    CategoryView,
    NewCategory,
    kept,
    tree_view,
)
from api.deleting import LATER
from api.positions import catch_up
from api.problems import invalid, not_found
from api.product_schemas import ProductFilters, ProductPage
from api.routers.products import product_page
from api.routing import Access, Operation, Resource
from application.categories import (
    AddCategory,
    CategoryKept,
    CloseCategory,
    ClosingKept,
    ClosingSettled,
    EditCategory,
    SettleCategory,
    require_removed,
)
from application.ports.category_products import ProductsNotKnown
from domain.accounts.events import Role
from domain.catalogue.categories import (
    CategoryInsideItself,
    CategoryIsClosing,
    CategoryNameTaken,
    CategoryNotEmpty,
    CategoryTooDeep,
    TaxRateOutOfRange,
    TooManyCategories,
    UnknownCategory,
)
from domain.shared.actor import Actor
from domain.shared.identifiers import CategoryId
from projections.categories import categories, has_category

RESOURCE = Resource("/api/v1/categories", "catalogue")
ADMINS = (Role.ADMIN,)
EXAMPLES = {"request": EXAMPLE, "response": EXAMPLE_VIEW}
PATIENCE = timedelta(seconds=2)
"""What the catalogue is given to see the closing; then 202, and the shop ends it by itself."""
KEEPER = Actor.system("closing-categories")
MISPLACED = (UnknownCategory, CategoryNameTaken, CategoryTooDeep, CategoryIsClosing, TaxRateOutOfRange)


@RESOURCE.route(
    "GET",
    "",
    Operation(
        summary="The tree of categories",
        access=Access.PUBLIC,
        answer=CategoryTreeView,
        examples={"response": EXAMPLE_TREE},
    ),
)
async def list_categories(call: Call) -> Answer:
    await catch_up(call, "categories")
    schema = call.schema("categories")
    async with call.services.pool.connection() as connection:
        rows = await categories(connection, schema)
    return json_answer(tree_view(rows))


@RESOURCE.route(
    "GET",
    "/{category_id}/products",
    Operation(
        summary="Products of a category and of all below it",
        access=Access.PUBLIC,
        answer=ProductPage,
    ),
)
async def list_category_products(
    call: Call, category_id: CategoryId, query: Annotated[ProductFilters, Query()]
) -> Answer:
    if query.category is not None:
        raise invalid("/category", "The category stands in the path.")
    await catch_up(call, *READ_MODELS)
    async with call.services.pool.connection() as connection:
        if not await has_category(connection, call.schema("categories"), category_id):
            raise not_found("There is no such category.")
    return await product_page(call, query.model_copy(update={"category": category_id}))


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="Add a category",
        answer=CategoryView,
        status=201,
        roles=ADMINS,
        refusals=(*MISPLACED, TooManyCategories),
        examples=EXAMPLES,
    ),
)
async def add_category(call: Call, body: NewCategory) -> Answer:
    command = AddCategory(
        category_id=CategoryId(call.new_id("category")),
        title=body.name,
        parent_id=None if body.parent_id is None else CategoryId(body.parent_id),
        tax_rate=body.tax_rate,
    )
    added = await call.done(command, CategoryKept)
    return created(kept(added), location=f"/api/v1/categories/{added.category_id}", version=added.version)


@RESOURCE.route(
    "PUT",
    "/{category_id}",
    Operation(
        summary="Rename, move or tax a category",
        answer=CategoryView,
        roles=ADMINS,
        refusals=(*MISPLACED, CategoryInsideItself),
        examples=EXAMPLES,
    ),
)
async def replace_category(call: Call, category_id: CategoryId, body: CategoryChange) -> Answer:
    parent_id = None if body.parent_id is None else CategoryId(body.parent_id)
    command = EditCategory(
        category_id=category_id,
        expected_version=call.expected_version(),
        title=body.name if body.gives("name") else UNSET,
        parent_id=parent_id if body.gives("parent_id") else UNSET,
        tax_rate=body.tax_rate if body.gives("tax_rate") else UNSET,
    )
    changed = await call.done(command, CategoryKept)
    return versioned(kept(changed), changed.version)


@RESOURCE.route(
    "DELETE",
    "/{category_id}",
    Operation(
        summary="Remove an empty category", status=204, roles=ADMINS, refusals=(CategoryNotEmpty,), alternatives=LATER
    ),
)
async def remove_category(call: Call, category_id: CategoryId) -> Answer:
    """Closed first, so that nothing goes in while the shop looks whether anything is in it."""
    close = CloseCategory(category_id=category_id, expected_version=call.expected_version())
    kept = await call.done(close, ClosingKept)
    try:
        products = await call.services.category_products.count(category_id, patience=PATIENCE)
    except ProductsNotKnown:
        return Answer(202, b"")
    settle = SettleCategory(category_id=category_id, closing=kept.closing, products=products)
    command_id = uuid5(call.command_id(), "settle-category")
    require_removed(await call.follow_up(settle, ClosingSettled, command_id=command_id, actor=KEEPER))
    return no_content()
