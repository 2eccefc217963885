"""The caller's address book."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import Query

from api.answers import Answer, View, created, json_answer, no_content, versioned
from api.call import Call
from api.fields import Truth
from api.paging import PageQuery
from api.positions import catch_up
from api.problems import invalid
from api.profiles import sealed_for_caller
from api.routers.checkout import EXAMPLE_ADDRESS, Address
from api.routing import Operation, Resource
from application.accounts.addresses import AddAddress, AddressGone, AddressKept, RemoveAddress, ReplaceAddress
from domain.accounts.address_book import AddressBookFull
from domain.shared.identifiers import AddressId
from domain.shared.sealed import Sealed
from projections.address_books import addresses

RESOURCE = Resource("/api/v1/users/me/addresses", "accounts")
LINES = ("name", "line1", "line2", "city", "state", "postalCode", "country", "phone")
AT = "2026-11-21T12:00:00Z"


class AddressForm(Address):
    """The first address is the default whatever is said, and the default stays it until another one is made it."""

    is_default: Truth = False


class AddressView(View, frozen=True, kw_only=True):
    id: UUID
    name: str
    line1: str | None
    """None once the person is forgotten."""
    line2: str
    city: str
    state: str
    postal_code: str
    country: str
    phone: str
    is_default: bool
    created_at: datetime
    updated_at: datetime
    version: int
    """Of the whole address book."""


class AddressPage(View, frozen=True, kw_only=True):
    items: list[AddressView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


EXAMPLE_VIEW = {
    "id": "5d0e6f1a-55cc-5b8e-9f53-0c8d6f1b2a10",
    **dict.fromkeys(LINES, ""),
    **EXAMPLE_ADDRESS,
    "isDefault": True,
    "createdAt": AT,
    "updatedAt": AT,
    "version": 3,
}
EXAMPLE_PAGE = {"items": [EXAMPLE_VIEW], "page": 1, "limit": 20, "total": 1, "pages": 1, "nextCursor": None}


@RESOURCE.route(
    "GET",
    "",
    Operation(
        summary="The caller's addresses, the oldest first", answer=AddressPage, examples={"response": EXAMPLE_PAGE}
    ),
)
async def list_addresses(call: Call, query: Annotated[PageQuery, Query()]) -> Answer:
    if query.cursor is not None:
        raise invalid("/cursor", "This is not a cursor of this list.")
    await catch_up(call, "address_books")
    async with call.services.pool.connection() as connection:
        rows = await addresses(connection, call.account.account, books=call.schema("address_books"))
    shown = rows[query.offset : query.offset + query.limit]
    opened = await call.services.vault.open_all([row.address for row in shown])
    items = [
        _view(text, address_id=row.id, is_default=row.default, at=(row.created_at, row.updated_at), version=row.version)
        for row, text in zip(shown, opened, strict=True)
    ]
    return json_answer(AddressPage(items=items, next_cursor=None, **query.counted(len(rows))))


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="Add an address",
        answer=AddressView,
        status=201,
        refusals=(AddressBookFull,),
        examples={"request": EXAMPLE_ADDRESS | {"isDefault": True}, "response": EXAMPLE_VIEW},
    ),
)
async def add_address(call: Call, body: AddressForm) -> Answer:
    command = AddAddress(
        address_id=AddressId(call.new_id("address")), address=await _sealed(call, body), default=body.is_default
    )
    kept = await call.done(command, AddressKept)
    return created(_shown(body, kept), location="/api/v1/users/me/addresses", version=kept.version)


@RESOURCE.route(
    "PUT",
    "/{address_id}",
    Operation(
        summary="Replace an address",
        answer=AddressView,
        examples={"request": EXAMPLE_ADDRESS, "response": EXAMPLE_VIEW},
    ),
)
async def replace_address(call: Call, address_id: AddressId, body: AddressForm) -> Answer:
    command = ReplaceAddress(
        address_id=address_id,
        address=await _sealed(call, body),
        default=body.is_default,
        expected_version=call.expected_version(),
    )
    kept = await call.done(command, AddressKept)
    return versioned(_shown(body, kept), kept.version)


@RESOURCE.route("DELETE", "/{address_id}", Operation(summary="Remove an address", status=204))
async def remove_address(call: Call, address_id: AddressId) -> Answer:
    await call.done(RemoveAddress(address_id=address_id, expected_version=call.expected_version()), AddressGone)
    return no_content()


async def _sealed(call: Call, address: AddressForm) -> Sealed:
    return await sealed_for_caller(call, _text(address))


def _text(address: AddressForm) -> str:
    kept = address.model_dump(by_alias=True, exclude_defaults=True, exclude={"is_default"})
    return msgspec.json.encode(kept).decode()


def _shown(body: AddressForm, kept: AddressKept) -> AddressView:
    """As it was sent: a repeated request sends the same."""
    at = (kept.added_at, kept.changed_at)
    return _view(_text(body), address_id=kept.address_id, is_default=kept.default, at=at, version=kept.version)


def _view(
    text: str | None, *, address_id: UUID, is_default: bool, at: tuple[datetime, datetime], version: int
) -> AddressView:
    lines: Mapping[str, Any] = msgspec.json.decode(text) if text is not None else {}
    return AddressView(
        id=address_id,
        name=lines.get("name", ""),
        line1=lines.get("line1"),
        line2=lines.get("line2", ""),
        city=lines.get("city", ""),
        state=lines.get("state", ""),
        postal_code=lines.get("postalCode", ""),
        country=lines.get("country", ""),
        phone=lines.get("phone", ""),
        is_default=is_default,
        created_at=at[0],
        updated_at=at[1],
        version=version,
    )
