"""The full-text search over the catalogue."""

from typing import Annotated

from fastapi import Query

from api.answers import JSON, Answer
from api.cache import SEARCHED
from api.call import Call
from api.positions import catch_up
from api.routers.products import OPEN
from api.routing import Access, Operation, Resource
from api.search_pages import EXAMPLE_PAGE, SearchFilters, SearchPage, found

RESOURCE = Resource("/api/v1/products", "catalogue")


@RESOURCE.route(
    "GET",
    "/search",
    Operation(
        summary="Products that say these words, best first, and what there is to narrow them by",
        access=Access.PUBLIC,
        answer=SearchPage,
        cached=True,
        examples={"response": EXAMPLE_PAGE},
    ),
)
async def search_products(call: Call, query: Annotated[SearchFilters, Query()]) -> Answer:
    await catch_up(call, *SEARCHED)
    page = await found(call.services, query)
    answer = Answer(200, page.body, [(b"content-type", JSON), *OPEN, (b"etag", page.etag)])
    answer.until = page.until
    return answer
