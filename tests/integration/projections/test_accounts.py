"""Accounts, their personal data sealed."""

from uuid import UUID

import pytest

from domain.accounts.events import (
    AccountRegistered,
    AccountRenamed,
    AllSessionsRevoked,
    EmailVerified,
    PhoneGiven,
    PhoneGuessMissed,
    PhoneVerified,
    PromotionsOptedIn,
    PromotionsOptedOut,
    Role,
)
from domain.shared.event import Event
from domain.shared.identifiers import ChallengeId, ClaimId
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


CHALLENGE = ChallengeId(UUID(int=2))
VERIFIED = EmailVerified(email_claim=ClaimId(UUID(int=1)), at=NOON)
PHONES = Sealed(BUYER, "phone"), Sealed(BUYER, "another phone")
FIRST, SECOND = (
    PhoneGiven(account_id=BUYER, challenge_id=CHALLENGE, phone=phone, expires_at=NOON, at=NOON) for phone in PHONES
)
MISSED, PROVEN = PhoneGuessMissed(challenge_id=CHALLENGE, at=NOON), PhoneVerified(challenge_id=CHALLENGE, at=NOON)


@pytest.mark.parametrize(
    ("events", "email_verified", "phone", "phone_verified"),
    [
        ([PromotionsOptedIn()], False, None, False),
        ([VERIFIED], True, None, False),
        ([FIRST, MISSED], False, PHONES[0], False),
        ([FIRST, VERIFIED, PROVEN], True, PHONES[0], True),
        ([FIRST, PROVEN, SECOND], False, PHONES[1], False),
    ],
)
@pytest.mark.parametrize("one_by_one", [True, False])
async def test_contact_points_are_what_was_given_and_proven(
    shop: ReadSide,
    events: list[Event],
    email_verified: bool,
    phone: Sealed | None,
    phone_verified: bool,
    one_by_one: bool,
) -> None:
    records = shop.journal.record(BUYER, REGISTERED, *events)
    for batch in [[record] for record in records] if one_by_one else [records]:
        await shop.feed(batch)
    row = await account(shop.conn, BUYER, schema="accounts_v1")
    assert row is not None
    assert (row.email_verified, row.phone, row.phone_verified) == (email_verified, phone, phone_verified)
    assert row.version == 1 + len(events)


async def test_nobody_is_nobody(shop: ReadSide) -> None:
    assert await account(shop.conn, BUYER, schema="accounts_v1") is None
