"""Lists of accounts, for those who may see them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from api.answers import Answer, View, json_answer
from api.call import Call
from api.fields import Text
from api.paging import PageQuery, cursor_of, parts_of
from api.positions import catch_up
from api.problems import invalid
from api.profiles import UserView, user_views
from application.ports.security import NotAnEmail
from domain.accounts.events import Role
from domain.shared.identifiers import AccountId
from projections.account_queries import AccountQuery, Accounts, find_accounts


class AccountFilters(PageQuery):
    """Newest first. `q` is a whole email address, or whole words of the name, in any order and case."""

    q: Annotated[str, Text(254, 1)] | None = None


class UserPage(View, frozen=True, kw_only=True):
    items: list[UserView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


async def account_page(call: Call, query: AccountFilters, *, role: Role | None) -> Answer:
    offset = query.offset
    await catch_up(call, "accounts")
    found = await _found(call, query, role=role, offset=offset)
    standings = await call.services.directory.standings(found.items)
    page = UserPage(
        items=await user_views(call, [standings[each] for each in found.items if each in standings]),
        next_cursor=None if found.next is None else cursor_of(*found.next),
        **query.counted(found.total),
    )
    return json_answer(page)


async def _found(call: Call, query: AccountFilters, *, role: Role | None, offset: int) -> Accounts:
    account: AccountId | None = None
    words: tuple[str, ...] = ()
    if query.q is not None and "@" in query.q:
        account = await _holder(call, query.q)
        if account is None:
            return Accounts((), 0, None)
    elif query.q is not None:
        words = call.services.names.words(query.q)
        if not words:
            return Accounts((), 0, None)
    after = None if query.cursor is None else _after(query.cursor)
    asked = AccountQuery(role=role, account=account, words=words, limit=query.limit, offset=offset, after=after)
    async with call.services.pool.connection() as connection:
        return await find_accounts(connection, asked, accounts=call.schema("accounts"))


async def _holder(call: Call, email: str) -> AccountId | None:
    emails = call.services.emails
    try:
        return await call.services.directory.holder_of(emails.claim_of(emails.normalise(email)))
    except NotAnEmail:
        return None


def _after(cursor: str) -> tuple[datetime, AccountId]:
    at, account = parts_of(cursor, tuple[datetime, UUID])
    if at.tzinfo is None:
        raise invalid("/cursor", "This is not a cursor of this list.")
    return at, AccountId(account)
