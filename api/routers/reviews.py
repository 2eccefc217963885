"""What buyers say of the products that were delivered to them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from api.answers import Answer, View, created, json_answer, no_content, versioned
from api.call import Call
from api.fields import Body, Text
from api.paging import PageQuery, cursor_of, parts_of
from api.positions import catch_up
from api.routers.products import current
from api.routing import Access, Operation, Resource
from application.reviews import DeleteReview, ReviewKept, ReviewProduct
from domain.accounts.events import Role
from domain.catalogue.review import BEST, NotDelivered, ReviewTakenDown
from domain.shared.identifiers import ProductId, ReviewId
from projections.review_queries import ReviewQuery, ReviewRow, delivering_order, reviews_of

RESOURCE = Resource("/api/v1/products/{product_id}/reviews", "catalogue")
BUYER = (Role.BUYER,)

Rating = Annotated[int, Field(strict=True, ge=1, le=BEST, description="Stars.")]
ReviewText = Annotated[str, Text(5_000, breaks=True)]


class ReviewForm(Body):
    rating: Rating
    text: ReviewText = ""


class ReviewFilters(PageQuery):
    rating: Annotated[int, Field(ge=1, le=BEST)] | None = None


class ReviewView(View, frozen=True, kw_only=True):
    """`name` is the buyer's, null where the person is forgotten."""

    id: UUID
    product_id: UUID
    name: str | None
    rating: int
    text: str
    version: int
    created_at: datetime
    updated_at: datetime


class ReviewPage(View, frozen=True, kw_only=True):
    """The newest first."""

    items: list[ReviewView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


EXAMPLE = {"rating": 5, "text": "Whistles a fourth too low, and boils in no time."}
EXAMPLE_VIEW = {
    "id": "1b1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10",
    "productId": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10",
    "name": "Ada Lovelace",
    **EXAMPLE,
    "version": 1,
    "createdAt": "2026-11-21T12:00:00Z",
    "updatedAt": "2026-11-21T12:00:00Z",
}
EXAMPLE_PAGE = {"items": [EXAMPLE_VIEW], "page": 1, "limit": 20, "total": 1, "pages": 1, "nextCursor": None}


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="Review a product that was delivered to the caller, or edit the review there is",
        answer=ReviewView,
        status=201,
        roles=BUYER,
        refusals=(NotDelivered, ReviewTakenDown),
        alternatives=((200, "application/json", ReviewView),),
        examples={"request": EXAMPLE, "response": EXAMPLE_VIEW},
    ),
)
async def review_product(call: Call, product_id: ProductId, body: ReviewForm) -> Answer:
    await catch_up(call, "order_history")
    async with call.services.pool.connection() as connection:
        order = await delivering_order(
            connection, buyer=call.account.account, product=product_id, orders=call.schema("order_history")
        )
    command = ReviewProduct(product_id=product_id, order_id=order, rating=body.rating, text=body.text)
    kept = await call.done(command, ReviewKept)
    view = ReviewView(
        id=kept.review_id,
        product_id=product_id,
        name=await call.services.vault.open(call.account.name),
        rating=kept.rating,
        text=body.text,
        version=kept.version,
        created_at=kept.created_at,
        updated_at=kept.updated_at,
    )
    if kept.created:
        return created(view, location=f"/api/v1/products/{product_id}/reviews", version=kept.version)
    return versioned(view, kept.version)


@RESOURCE.route(
    "GET",
    "",
    Operation(
        summary="What buyers say of a product",
        access=Access.PUBLIC,
        answer=ReviewPage,
        examples={"response": EXAMPLE_PAGE},
    ),
)
async def list_reviews(call: Call, product_id: ProductId, query: Annotated[ReviewFilters, Query()]) -> Answer:
    before = None if query.cursor is None else parts_of(query.cursor, tuple[int])[0]
    wanted = ReviewQuery(product=product_id, rating=query.rating, limit=query.limit, offset=query.offset, before=before)
    await catch_up(call, "reviews", "accounts")
    await current(call, product_id)
    async with call.services.pool.connection() as connection:
        found = await reviews_of(connection, wanted, reviews=call.schema("reviews"), accounts=call.schema("accounts"))
    names = await _names(call, found.items)
    view = ReviewPage(
        items=[_review(product_id, row, name) for row, name in zip(found.items, names, strict=True)],
        next_cursor=cursor_of(found.items[-1].given_at) if found.more else None,
        **query.counted(found.total),
    )
    return json_answer(view)


@RESOURCE.route(
    "DELETE",
    "/{review_id}",
    Operation(summary="Delete one's own review, or for an admin any", status=204, roles=(Role.BUYER, Role.ADMIN)),
)
async def delete_review(call: Call, product_id: ProductId, review_id: ReviewId) -> Answer:
    expected = call.expected_version()
    await call.submit(DeleteReview(product_id=product_id, review_id=review_id, expected_version=expected))
    return no_content()


async def _names(call: Call, rows: tuple[ReviewRow, ...]) -> list[str | None]:
    opened = iter(await call.services.vault.open_all([row.name for row in rows if row.name is not None]))
    return [None if row.name is None else next(opened) for row in rows]


def _review(product_id: ProductId, row: ReviewRow, name: str | None) -> ReviewView:
    return ReviewView(
        id=row.id,
        product_id=product_id,
        name=name,
        rating=row.rating,
        text=row.text,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
