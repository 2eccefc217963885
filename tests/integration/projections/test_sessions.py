"""Sessions that are alive: begun, refreshed, ended one by one, and all at once."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.accounts.events import (
    AccountDeleted,
    AllSessionsRevoked,
    OtherSessionsRevoked,
    RevocationReason,
    SessionRefreshed,
    SessionRevoked,
    SessionStarted,
)
from domain.shared.event import Event
from domain.shared.identifiers import SessionId
from projections.sessions import sessions_of
from tests.support.happenings import BUYER, SELLER
from tests.support.read_side import ReadSide
from tests.support.times import NOON

HERE, THERE = SessionId(UUID(int=0x5E1)), SessionId(UUID(int=0x5E2))
WEEK = timedelta(days=7)
REVOKED = SessionRevoked(reason=RevocationReason.LOGOUT, at=NOON)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def started(session: SessionId, minutes: int = 0) -> tuple[UUID, Event]:
    return session, SessionStarted(
        session_id=session, account_id=BUYER, client="first", at=at(minutes), expires_at=at(minutes) + WEEK
    )


def refreshed(session: SessionId, minutes: int) -> tuple[UUID, Event]:
    return session, SessionRefreshed(generation=1, client="second", at=at(minutes), expires_at=at(minutes) + WEEK)


def account(event: Event) -> tuple[UUID, Event]:
    return BUYER, event


@pytest.mark.parametrize(
    ("told", "alive"),
    [
        ([started(HERE)], [(HERE, "first", 0)]),
        ([started(HERE), started(THERE, 1)], [(THERE, "first", 1), (HERE, "first", 0)]),
        ([started(HERE), started(THERE, 1), refreshed(HERE, 2)], [(HERE, "second", 2), (THERE, "first", 1)]),
        ([started(HERE), (HERE, REVOKED)], []),
        ([started(HERE), started(THERE, 2), account(AllSessionsRevoked(at=at(1)))], [(THERE, "first", 2)]),
        ([started(HERE), account(AllSessionsRevoked(at=at(1))), started(THERE, 2)], [(THERE, "first", 2)]),
        ([started(HERE), started(THERE), account(OtherSessionsRevoked(kept=HERE, at=at(1)))], [(HERE, "first", 0)]),
        (
            [
                started(HERE),
                account(OtherSessionsRevoked(kept=HERE, at=at(1))),
                refreshed(HERE, 2),
                account(AllSessionsRevoked(at=at(3))),
            ],
            [],
        ),
        ([started(HERE), account(AccountDeleted(account_id=BUYER, closing=HERE, at=at(1)))], []),
        ([started(HERE), started(THERE, 7 * 24 * 60)], [(THERE, "first", 7 * 24 * 60)]),
    ],
)
@pytest.mark.parametrize("one_by_one", [True, False])
async def test_what_is_alive_is_shown(
    shop: ReadSide, told: list[tuple[UUID, Event]], alive: list[tuple[SessionId, str, int]], one_by_one: bool
) -> None:
    records = [record for stream, event in told for record in shop.journal.record(stream, event, key=BUYER)]
    for batch in [[record] for record in records] if one_by_one else [records]:
        await shop.feed(batch)
    rows = await sessions_of(shop.conn, BUYER, at=at(60), sessions="sessions_v1")
    assert [(row.id, row.client, row.refreshed_at) for row in rows] == [(id_, who, at(n)) for id_, who, n in alive]
    assert await sessions_of(shop.conn, SELLER, at=at(60), sessions="sessions_v1") == []
    assert await sessions_of(shop.conn, BUYER, at=NOON + 3 * WEEK, sessions="sessions_v1") == []
