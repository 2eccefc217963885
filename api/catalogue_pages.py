"""Pages of the catalogue: what a client's filters ask the read model, and the page as it is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from types import NoneType
from typing import Annotated, cast
from uuid import UUID

from msgspec import Meta, Raw, Struct, msgpack

from api.answers import encode
from api.fragments import Fragment
from api.paging import cursor_of, parts_of
from api.problems import invalid
from api.product_schemas import ProductFilters, ProductPage, ProductView, minor
from domain.shared.identifiers import AccountId, CategoryId
from domain.shared.money import MAX_MINOR
from projections.catalogue_lists import After, ProductList, ProductQuery, Sort
from projections.catalogue_tables import Tables

_KINDS: Mapping[str, type | tuple[type, ...]] = {"name": str, "createdAt": str, "rating": (int, NoneType)}
"""Of the values that cursors hold, where those are not numbers."""

_pack = msgpack.Encoder(uuid_format="bytes").encode


class Rendered(Struct, frozen=True):
    """A page ready to be sent to any number of clients."""

    body: bytes
    etag: bytes
    until: datetime | None
    """When it is another one though nothing has happened."""


def rendered(filters: ProductFilters, tables: Tables, found: ProductList, items: Sequence[Fragment]) -> Rendered:
    """`items` are the list's products."""
    events = [listed for listed, _ in items]
    body = encode(page_view(filters, found, [fragment for _, fragment in items]))
    return Rendered(body, b'"%s"' % validator(tables, events, found.total, filters.page).encode(), found.until)


def validator(tables: Tables, *shown: object) -> str:
    """Another one whenever other events are shown, or the same of other tables."""
    return blake2b(_pack((tables, *shown)), digest_size=12).hexdigest()


class _Cursor(Struct, frozen=True, array_like=True):
    sort: str
    value: Annotated[int, Meta(ge=0, le=MAX_MINOR)] | str | None
    id: UUID


def asked(query: ProductFilters) -> ProductQuery:
    sort = Sort(query.sort.removeprefix("-"))
    return ProductQuery(
        seller=None if query.seller is None else AccountId(query.seller),
        category=None if query.category is None else CategoryId(query.category),
        min_price=minor(query.min_price),
        max_price=minor(query.max_price),
        min_discount=None if query.min_discount is None else query.min_discount * 100,
        on_sale=query.on_sale,
        in_stock=query.in_stock,
        sort=sort,
        descending=query.sort.startswith("-"),
        limit=query.limit,
        offset=query.offset,
        after=None if query.cursor is None else _after(query.cursor, query.sort),
    )


def _after(cursor: str, sort: str) -> After:
    parts = parts_of(cursor, _Cursor)
    value: int | str | datetime | None = parts.value
    kind = _KINDS.get(sort.removeprefix("-"), int)
    if parts.sort != sort or not isinstance(value, kind) or "\x00" in str(value):
        raise invalid("/cursor", "This cursor belongs to another order of the list.")
    if sort.endswith("createdAt"):
        try:
            value = datetime.fromisoformat(str(value))
        except ValueError as error:
            raise invalid("/cursor", "This is not a cursor of this list.") from error
    return After(value, parts.id)


def page_view(query: ProductFilters, found: ProductList, items: Sequence[bytes]) -> ProductPage:
    following = found.next
    return ProductPage(
        items=cast("list[ProductView]", [Raw(item) for item in items]),  # encoded already
        next_cursor=None if following is None else cursor_of(query.sort, following.value, following.id),
        **query.counted(found.total),
    )
