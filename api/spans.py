"""Spans of time that figures are asked for."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from api.call import Call
from api.fields import Moment, word_of
from api.problems import invalid
from domain.accounts.events import Role
from projections.sales_queries import Interval, Span, TopBy

MOST_INTERVALS = 1_000
USUAL = timedelta(days=30)
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
LENGTHS = {Interval.DAY: timedelta(days=1), Interval.WEEK: timedelta(days=7), Interval.MONTH: timedelta(days=28)}

IntervalWord = Annotated[Interval, word_of(Interval, {}), WithJsonSchema({"type": "string", "enum": list(Interval)})]
TopWord = Annotated[TopBy, word_of(TopBy, {}), WithJsonSchema({"type": "string", "enum": list(TopBy)})]


class SpanQuery(BaseModel):
    """The last thirty days where nothing is said. Days are those of the store's time zone."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to")


class IntervalQuery(SpanQuery):
    interval: IntervalWord = Interval.DAY


class TopQuery(SpanQuery):
    by: TopWord = TopBy.SALES
    limit: Annotated[int, Field(ge=1, le=100)] = 10


def span_of(call: Call, query: SpanQuery, interval: Interval = Interval.DAY) -> Span:
    """What is asked for, of the caller's own lines where a seller asks. Raises a Problem for a span without sense."""
    until = query.until or call.services.clock.now()
    since = query.since or until - USUAL
    require_sense(since, until, interval)
    return Span(
        since=since,
        until=until,
        zone=call.services.settings.store_timezone.key,
        interval=interval,
        seller=call.account.account if call.account.role is Role.SELLER else None,
    )


def require_sense(since: datetime, until: datetime, interval: Interval) -> None:
    """Raises a Problem."""
    if not EARLIEST <= since < until <= LATEST:
        raise invalid("/from", "A span begins before it ends, and not before 1970.")
    if (until - since) / LENGTHS[interval] > MOST_INTERVALS:
        raise invalid("/interval", f"A span has at most {MOST_INTERVALS:,} intervals.")
