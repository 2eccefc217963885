"""The read model of reviews: what buyers say of a product, and what it comes to in stars."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never, cast
from uuid import UUID

import msgspec
from msgspec.structs import astuple, replace

from application.ports.log import Record
from domain.catalogue.events import ReviewDeleted, ReviewEdited, ReviewEvent, ReviewGiven
from projections import bulk
from projections.projection import Connection, Projection

RATING = "((200 * r.stars + r.reviews) / (2 * nullif(r.reviews, 0)))"
"""Of a row `r` of the ratings: the average in hundredths of a star, rounded; NULL where all reviews are gone."""

DDL = (
    """
CREATE TABLE {schema}.review (
    id         uuid PRIMARY KEY,
    product_id uuid NOT NULL,
    buyer_id   uuid NOT NULL,
    given_at   bigint NOT NULL,
    created_at timestamptz NOT NULL,
    rating     integer NOT NULL,
    text       text NOT NULL,
    version    bigint NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN {schema}.review.given_at IS 'position in the log; the newest are shown first';
CREATE INDEX review_by_age ON {schema}.review (product_id, given_at);
CREATE INDEX review_by_rating ON {schema}.review (product_id, rating, given_at);

CREATE TABLE {schema}.rating (
    product_id uuid PRIMARY KEY,
    reviews    integer NOT NULL,
    stars      bigint NOT NULL,
    position   bigint NOT NULL
) WITH (fillfactor = 70);
COMMENT ON COLUMN {schema}.rating.stars IS 'the sum of them all';
CREATE INDEX rating_by_position ON {schema}.rating (position);
"""
    f"CREATE INDEX rating_by_stars ON {{schema}}.rating ({RATING.replace('r.', '')}, product_id) WHERE reviews > 0;\n"
)
_COLUMNS = "id, product_id, buyer_id, given_at, created_at, rating, text, version, updated_at"
_TOUCHED = f"SELECT {_COLUMNS} FROM {{schema}}.review WHERE id = ANY(%b::uuid[])"
_DELETE = "DELETE FROM {schema}.review WHERE id = ANY(%b::uuid[])"
_KEEP = f"""
INSERT INTO {{schema}}.review ({_COLUMNS})
SELECT {_COLUMNS}
  FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::bigint[], %b::timestamptz[], %b::integer[], %b::text[],
              %b::bigint[], %b::timestamptz[]) AS r ({_COLUMNS})
ON CONFLICT (id) DO UPDATE SET
    given_at = excluded.given_at, created_at = excluded.created_at, rating = excluded.rating, text = excluded.text,
    version = excluded.version, updated_at = excluded.updated_at
"""
_RATE = """
INSERT INTO {schema}.rating AS r (product_id, reviews, stars, position)
SELECT * FROM unnest(%b::uuid[], %b::integer[], %b::bigint[], %b::bigint[])
ON CONFLICT (product_id) DO UPDATE SET
    reviews = r.reviews + excluded.reviews, stars = r.stars + excluded.stars, position = excluded.position
"""


class _Row(msgspec.Struct, frozen=True):
    """A row, its columns in order."""

    id: UUID
    product_id: UUID
    buyer_id: UUID
    given_at: int
    created_at: datetime
    rating: int
    text: str
    version: int
    updated_at: datetime


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    touched = sorted({record.stream for record in records})
    stored = await bulk.read(conn, _TOUCHED.format(schema=schema), (touched,))
    before = {row[0]: _Row(*row) for row in stored}
    after = dict(before)
    for record in records:
        row = _after(after.pop(record.stream, None), record)
        if row is not None:
            after[row.id] = row
    gone = [(id_,) for id_ in before if id_ not in after]
    await bulk.write(conn, _DELETE.format(schema=schema), gone)
    await bulk.write(conn, _KEEP.format(schema=schema), (astuple(row) for _, row in sorted(after.items())))
    await bulk.write(conn, _RATE.format(schema=schema), _ratings(records, before, after))


def _after(row: _Row | None, record: Record) -> _Row | None:
    """The row after the event; None where there is none, or its first event was skipped as poison."""
    match event := cast(ReviewEvent, record.event):
        case ReviewGiven(at=at):
            who = (record.stream, record.key, event.buyer_id)
            return _Row(*who, record.position, at, event.rating, event.text, record.version, at)
        case ReviewEdited(rating=rating, text=text, at=at):
            return row and replace(row, rating=rating, text=text, version=record.version, updated_at=at)
        case ReviewDeleted():
            return None
        case _:
            assert_never(event)


def _ratings(
    records: Sequence[Record], before: Mapping[UUID, _Row], after: Mapping[UUID, _Row]
) -> list[tuple[UUID, int, int, int]]:
    """How many reviews and stars more each product has, and its last event, in the order rows are always locked."""
    last = {record.key: record.position for record in records}
    changes = defaultdict[UUID, list[int]](lambda: [0, 0])
    for rows, sign in ((before, -1), (after, 1)):
        for row in rows.values():
            changes[row.product_id][0] += sign
            changes[row.product_id][1] += sign * row.rating
    return [(product, *changes[product], position) for product, position in sorted(last.items())]  # type: ignore[misc]


REVIEWS = Projection(
    name="reviews",
    version=1,
    events=(ReviewGiven, ReviewEdited, ReviewDeleted),
    ddl=DDL,
    apply=apply,
)

_CHANGED = "SELECT product_id, position FROM {schema}.rating WHERE position > %b"


async def changed_ratings(conn: Connection, schema: str, after: int) -> list[tuple[UUID, int]]:
    """Products of which something was said beyond the position, and by which event."""
    return [(row[0], row[1]) for row in await bulk.read(conn, _CHANGED.format(schema=schema), (after,))]
