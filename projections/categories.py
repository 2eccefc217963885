"""The read model of categories: one row each, with the way to it from the top, which says what a subtree is."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import assert_never, cast
from uuid import UUID

import msgspec
from msgspec.structs import astuple, replace

from application.ports.log import Record
from domain.catalogue.category_events import (
    CategoryAdded,
    CategoryClosing,
    CategoryEvent,
    CategoryMoved,
    CategoryRemoved,
    CategoryRenamed,
    CategoryReopened,
    CategoryTaxRateSet,
)
from domain.shared.identifiers import CategoryId
from projections import bulk
from projections.projection import Connection, Projection

DDL = """
CREATE TABLE {schema}.category (
    id         uuid PRIMARY KEY,
    parent_id  uuid,
    name       text NOT NULL,
    tax_rate   integer,
    closing    uuid,
    path       uuid[] NOT NULL,
    version    bigint NOT NULL,
    position   bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX category_by_position ON {schema}.category (position);
CREATE INDEX category_by_path ON {schema}.category USING gin (path);
COMMENT ON COLUMN {schema}.category.path IS 'from the top to the category, which is the last: all below x have x in it';
"""
_COLUMNS = "id, created_at, parent_id, name, tax_rate, closing, path, version, position, updated_at"
_ALL = f"SELECT {_COLUMNS} FROM {{schema}}.category ORDER BY lower(name), id"
_KEEP = f"""
INSERT INTO {{schema}}.category ({_COLUMNS})
SELECT id, created_at, parent_id, name, tax_rate, closing, path::uuid[], version, position, updated_at
  FROM unnest(%b::uuid[], %b::timestamptz[], %b::uuid[], %b::text[], %b::integer[], %b::uuid[], %b::text[],
              %b::bigint[], %b::bigint[], %b::timestamptz[]) AS r ({_COLUMNS})
ON CONFLICT (id) DO UPDATE SET
    parent_id = excluded.parent_id, name = excluded.name, tax_rate = excluded.tax_rate, closing = excluded.closing,
    path = excluded.path, version = excluded.version, position = excluded.position, updated_at = excluded.updated_at
"""
_REMOVE = "DELETE FROM {schema}.category WHERE id = ANY(%b::uuid[])"


class CategoryRow(msgspec.Struct, frozen=True):
    """A category as it stands, its columns in order. Tax rates are its own, in basis points."""

    id: CategoryId
    created_at: datetime
    parent_id: CategoryId | None = None
    name: str = ""
    tax_rate: int | None = None
    closing: UUID | None = None
    """Set while it is being removed."""
    path: Sequence[UUID] = ()
    """From the top to itself."""
    version: int = 0
    position: int = 0
    """Of the last event that changed the category itself."""
    updated_at: datetime = datetime.min.replace(tzinfo=UTC)


Rows = dict[CategoryId, CategoryRow]


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    """The tree is small: a batch reads it all, and writes what has changed."""
    before = {row.id: row for row in await categories(conn, schema)}
    after = dict(before)
    for record in records:
        _apply(after, record)
    rows = {id_: replace(row, path=_path(after, id_)) for id_, row in after.items()}
    changed = sorted((row for id_, row in rows.items() if row != before.get(id_)), key=lambda row: row.id)
    if gone := sorted(before.keys() - rows.keys()):
        await conn.execute(_REMOVE.format(schema=schema), (gone,))
    await bulk.write(conn, _KEEP.format(schema=schema), (astuple(replace(row, path=_text(row))) for row in changed))


def _apply(rows: Rows, record: Record) -> None:
    """Events of a category that is unknown, because its first was skipped as poison, say nothing."""
    event = cast(CategoryEvent, record.event)
    if isinstance(event, CategoryRemoved):
        rows.pop(event.category_id, None)
        return
    row = rows.get(event.category_id)
    if isinstance(event, CategoryAdded):
        row = CategoryRow(id=event.category_id, created_at=event.at)
    if row is not None:
        now = replace(row, version=row.version + 1, position=record.position, updated_at=event.at)
        rows[event.category_id] = _changed(now, event)


def _changed(
    row: CategoryRow,
    event: CategoryAdded | CategoryRenamed | CategoryMoved | CategoryTaxRateSet | CategoryClosing | CategoryReopened,
) -> CategoryRow:
    match event:
        case CategoryAdded(name=name, parent_id=parent_id, tax_rate=tax_rate):
            return replace(row, name=name, parent_id=parent_id, tax_rate=tax_rate)
        case CategoryRenamed(name=name):
            return replace(row, name=name)
        case CategoryMoved(parent_id=parent_id):
            return replace(row, parent_id=parent_id)
        case CategoryTaxRateSet(tax_rate=tax_rate):
            return replace(row, tax_rate=tax_rate)
        case CategoryClosing(closing=closing):
            return replace(row, closing=closing)
        case CategoryReopened():
            return replace(row, closing=None)
        case _:
            assert_never(event)


def _path(rows: Mapping[CategoryId, CategoryRow], category_id: CategoryId) -> list[UUID]:
    """Ends where a parent is unknown, and where it has been."""
    path, at = list[UUID](), rows.get(category_id)
    while at is not None and at.id not in path:
        path.insert(0, at.id)
        at = None if at.parent_id is None else rows.get(at.parent_id)
    return path


def _text(row: CategoryRow) -> str:
    """The path as PostgreSQL writes an array: arrays of arrays would have to be of one length."""
    return "{" + ",".join(map(str, row.path)) + "}"


CATEGORIES = Projection(
    name="categories",
    version=1,
    events=(
        CategoryAdded,
        CategoryRenamed,
        CategoryMoved,
        CategoryTaxRateSet,
        CategoryClosing,
        CategoryReopened,
        CategoryRemoved,
    ),
    ddl=DDL,
    apply=apply,
)


_CHANGED = "SELECT EXISTS (SELECT FROM {schema}.category WHERE position > %b)"


async def changed_categories(conn: Connection, schema: str, after: int) -> list[tuple[UUID, int]] | None:
    """No products where nothing happened to any category beyond the position, else None: whatever stands in one."""
    ((changed,),) = await bulk.read(conn, _CHANGED.format(schema=schema), (after,))
    return None if changed else []


_EXISTS = "SELECT EXISTS (SELECT FROM {schema}.category WHERE id = %b)"


async def has_category(conn: Connection, schema: str, category_id: CategoryId) -> bool:
    ((exists,),) = await bulk.read(conn, _EXISTS.format(schema=schema), (category_id,))
    return bool(exists)


async def categories(conn: Connection, schema: str) -> list[CategoryRow]:
    """All of them, by name."""
    return [CategoryRow(*row) for row in await bulk.read(conn, _ALL.format(schema=schema))]
