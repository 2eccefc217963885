"""The pull feed: what happened, under numbers without a gap, for programs that follow the shop."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from api.answers import Answer, View, json_answer
from api.call import Call
from api.fields import Body
from api.positions import seen_to_the_end
from api.routing import Operation, Resource
from application.ports.feed import CloudEvent
from domain.accounts.events import Role

RESOURCE = Resource("/api/v1/events", "webhooks")
LARGEST = 2**63 - 1

After = Annotated[int, Field(ge=0, le=LARGEST)]


class FeedQuery(Body):
    """Begin with `after=0`, and go on with `next` of the answer."""

    after: After = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class FeedView(View, frozen=True, kw_only=True):
    items: list[CloudEvent]
    """In order; there may be fewer than `limit` though more follow, where they are large."""
    after: int
    limit: int
    next: int
    """What the next request gives as `after`."""
    last: int
    """The last number there is; at `next` = `last` there is nothing more for now."""


@RESOURCE.route(
    "GET",
    "",
    Operation(
        summary="Events beyond a number, in order and without a gap",
        answer=FeedView,
        roles=(Role.ADMIN,),
        problems=((503, "not-caught-up"),),
        examples={"response": {"next": 1, "last": 1, "items": [{"data": {"quantity": 2}}]}},
    ),
)
async def list_events(call: Call, query: Annotated[FeedQuery, Query()]) -> Answer:
    page = await call.services.feed.page(after=query.after, limit=query.limit)
    seen_to_the_end(call, complete=page.complete)
    view = FeedView(
        items=list(page.events),
        after=query.after,
        limit=query.limit,
        next=page.events[-1].sequence if page.events else query.after,
        last=page.last,
    )
    return json_answer(view)
