"""Which accounts there are: by role, by address, by the words of their names."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.accounts.events import Role
from domain.shared.identifiers import AccountId
from projections import bulk
from projections.projection import Connection


class AccountQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first, without those that are deleted."""

    role: Role | None = None
    account: AccountId | None = None
    """Nobody else: whose email address was asked for."""
    words: Sequence[str] = ()
    """Digests, all of which the name must have."""
    limit: int = 20
    offset: int = 0
    after: tuple[datetime, AccountId] | None = None
    """Behind the account made then, instead of the offset."""


class Accounts(msgspec.Struct, frozen=True):
    items: tuple[AccountId, ...]
    total: int
    next: tuple[datetime, AccountId] | None


_TOTAL = "SELECT count(*) FROM {accounts}.account a WHERE {where}"
_PAGE = """
SELECT a.id, a.created_at FROM {accounts}.account a WHERE {where}
 ORDER BY a.created_at DESC, a.id DESC LIMIT {limit} OFFSET {offset}
"""
_COUNTS = """
SELECT a.role, count(*), count(*) FILTER (WHERE a.created_at >= %(since)b AND a.created_at < %(until)b)
  FROM {accounts}.account a WHERE a.status <> 'deleted' GROUP BY a.role ORDER BY a.role
"""
_NAMED = """a.id IN (SELECT w.account_id FROM till.name_word w WHERE w.word = ANY(%(words)b::text[])
                      GROUP BY w.account_id HAVING count(*) = cardinality(%(words)b::text[]))"""


async def account_counts(
    conn: Connection, since: datetime, until: datetime, *, accounts: str
) -> list[tuple[Role, int, int]]:
    """By role, how many accounts there are and how many of them were made in `since` ≤ t < `until`."""
    rows = await bulk.read(conn, _COUNTS.format(accounts=accounts), {"since": since, "until": until})
    return [(Role(role), there, came) for role, there, came in rows]


async def find_accounts(conn: Connection, query: AccountQuery, *, accounts: str) -> Accounts:
    """One page, and how many there are of all pages."""
    possible = {
        "a.role = %(role)b": query.role,
        "a.id = %(account)b": query.account,
        _NAMED: query.words or None,
    }
    conditions = ["a.status <> 'deleted'", *(text for text, value in possible.items() if value is not None)]
    values: dict[str, object] = {"role": query.role, "account": query.account, "words": list(query.words)}
    total = _TOTAL.format(accounts=accounts, where=" AND ".join(conditions))
    counted = await bulk.read(conn, total, values)
    if query.after:
        conditions.append("(a.created_at, a.id) < (%(at)b, %(id)b)")
        values |= {"at": query.after[0], "id": query.after[1]}
    offset = 0 if query.after else int(query.offset)
    where, limit = " AND ".join(conditions), int(query.limit)
    page = _PAGE.format(accounts=accounts, where=where, limit=limit + 1, offset=offset)
    rows = await bulk.read(conn, page, values)
    shown = rows[:limit]
    following = (shown[-1][1], shown[-1][0]) if len(rows) > limit else None
    return Accounts(tuple(row[0] for row in shown), counted[0][0], following)
