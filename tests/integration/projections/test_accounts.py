"""Accounts, their personal data sealed."""

from uuid import UUID

import pytest

from domain.accounts.events import (
    AccountRegistered,
    AccountRenamed,
    AllSessionsRevoked,
    PromotionsOptedIn,
    PromotionsOptedOut,
    Role,
)
from domain.shared.event import Event
from domain.shared.identifiers import ClaimId
from domain.shared.sealed import Sealed
from projections.accounts import account
from tests.support.happenings import BUYER
from tests.support.read_side import ReadSide
from tests.support.times import NOON

EMAIL, NAME, NEW_NAME = Sealed(BUYER, "email"), Sealed(BUYER, "name"), Sealed(BUYER, "new name")
REGISTERED = AccountRegistered(
    account_id=BUYER, email=EMAIL, email_claim=ClaimId(UUID(int=1)), name=NAME, role=Role.SELLER, at=NOON
)


@pytest.mark.parametrize(
    ("events", "name", "opt_in"),
    [
        ([], NAME, False),
        ([PromotionsOptedIn()], NAME, True),
        ([PromotionsOptedIn(), AllSessionsRevoked(at=NOON)], NAME, True),
        ([AccountRenamed(name=NEW_NAME), PromotionsOptedIn(), PromotionsOptedOut()], NEW_NAME, False),
    ],
)
@pytest.mark.parametrize("one_by_one", [True, False])
async def test_an_account_is_what_its_events_made_of_it(
    shop: ReadSide, events: list[Event], name: Sealed, opt_in: bool, one_by_one: bool
) -> None:
    records = shop.journal.record(BUYER, REGISTERED, *events)
    for batch in [[record] for record in records] if one_by_one else [records]:
        await shop.feed(batch)
    row = await account(shop.conn, BUYER, schema="accounts_v1")
    assert row is not None
    assert (row.role, row.email, row.name, row.promotions_opt_in) == (Role.SELLER, EMAIL, name, opt_in)
    assert (row.version, row.created_at) == (1 + len(events), NOON)


async def test_nobody_is_nobody(shop: ReadSide) -> None:
    assert await account(shop.conn, BUYER, schema="accounts_v1") is None
