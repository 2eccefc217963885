"""Registering, profiles, and the tokens that are handed out."""

from datetime import timedelta
from uuid import UUID

import pytest

from application.access import VersionMismatch
from application.accounts.profile import EditProfile, edit_profile
from application.accounts.registration import register_account
from application.accounts.results import AccountKept
from application.ports.side_rows import Credential, PersonKey
from domain.accounts.account import ACCOUNTS
from domain.accounts.email_claim import EmailTaken
from domain.accounts.events import AccountRegistered, EmailClaimed, PromotionsOptedIn, Role
from domain.shared.identifiers import AccountId
from domain.shared.refusal import AlreadyExists, Forbidden, NotFound
from tests.support.accounts import ADMIN, BUYER, SELLER, STRANGER, sealed
from tests.support.shop import FakeShop, registration
from tests.support.times import NOON

NEW = AccountId(UUID(int=0x77))


@pytest.fixture
def shop() -> FakeShop:
    return FakeShop()


def test_registering_opens_the_account_and_claims_the_address(shop: FakeShop) -> None:
    command = registration(NEW)
    rows = len(shop.log.rows)
    assert shop.ask_anonymously(lambda work: register_account(command, work)) == AccountKept(account_id=NEW, version=1)
    assert shop.log.events(NEW) == (
        AccountRegistered(
            account_id=NEW,
            email=command.email,
            email_claim=command.email_claim,
            name=command.full_name,
            role=Role.BUYER,
            at=NOON,
        ),
    )
    assert shop.log.events(command.email_claim) == (EmailClaimed(claim_id=command.email_claim, account_id=NEW),)
    assert shop.log.rows[rows:] == [
        Credential(account_id=NEW, password_hash="$argon2id$"),
        PersonKey(person_id=NEW, wrapped_key="wrapped"),
    ]


def test_an_address_is_registered_once(shop: FakeShop) -> None:
    first, second = registration(NEW, email="same"), registration(AccountId(UUID(int=0x78)), email="same")
    shop.ask_anonymously(lambda work: register_account(first, work))
    before, rows = shop.history(), list(shop.log.rows)
    with pytest.raises(EmailTaken):
        shop.ask_anonymously(lambda work: register_account(second, work))
    assert (shop.history(), shop.log.rows) == (before, rows)


def test_an_identifier_is_registered_once(shop: FakeShop) -> None:
    with pytest.raises(AlreadyExists):
        shop.ask_anonymously(lambda work: register_account(registration(BUYER, email="other"), work))


def test_sellers_register_themselves_admins_do_not(shop: FakeShop) -> None:
    shop.ask_anonymously(lambda work: register_account(registration(NEW, Role.SELLER), work))
    admin = registration(AccountId(UUID(int=0x78)), Role.ADMIN)
    with pytest.raises(Forbidden):
        shop.ask_anonymously(lambda work: register_account(admin, work))
    with pytest.raises(Forbidden):
        shop.ask(lambda work: register_account(admin, work), by=SELLER)
    shop.ask(lambda work: register_account(admin, work), by=ADMIN)
    assert shop.log.state(ACCOUNTS, admin.account_id).role is Role.ADMIN


def test_the_shop_itself_makes_the_first_admin(shop: FakeShop) -> None:
    shop.ask_itself(lambda work: register_account(registration(NEW, Role.ADMIN), work))
    assert shop.log.state(ACCOUNTS, NEW).role is Role.ADMIN


def test_a_profile_is_edited_by_its_owner(shop: FakeShop) -> None:
    name = sealed(BUYER, "another name")
    command = EditProfile(account_id=BUYER, full_name=name, promotions_opt_in=True, expected_version=1)
    assert shop.ask(lambda work: edit_profile(command, work), by=BUYER).version == 3
    account = shop.log.state(ACCOUNTS, BUYER)
    assert (account.name, account.promotions_opt_in) == (name, True)
    with pytest.raises(VersionMismatch):
        shop.ask(lambda work: edit_profile(command, work), by=BUYER)


def test_what_an_edit_does_not_name_stays(shop: FakeShop) -> None:
    opting_in, opting_out = (EditProfile(account_id=BUYER, promotions_opt_in=wanted) for wanted in (True, False))
    shop.ask(lambda work: edit_profile(opting_in, work), by=BUYER)
    assert shop.log.events(BUYER)[1:] == (PromotionsOptedIn(),)
    shop.ask(lambda work: edit_profile(opting_out, work), by=BUYER)
    assert not shop.log.state(ACCOUNTS, BUYER).promotions_opt_in
    assert shop.ask(lambda work: edit_profile(EditProfile(account_id=BUYER), work), by=BUYER).version == 3


def test_another_persons_profile_looks_as_if_there_were_none(shop: FakeShop) -> None:
    command = EditProfile(account_id=BUYER, promotions_opt_in=True)
    with pytest.raises(NotFound):
        shop.ask(lambda work: edit_profile(command, work), by=STRANGER)
    with pytest.raises(Forbidden):
        shop.ask_anonymously(lambda work: edit_profile(command, work))
    shop.ask(lambda work: edit_profile(command, work), by=ADMIN)
    assert shop.log.state(ACCOUNTS, BUYER).promotions_opt_in


def test_an_account_that_is_not_there_may_do_nothing(shop: FakeShop) -> None:
    with pytest.raises(Forbidden):
        shop.ask(lambda work: edit_profile(EditProfile(account_id=NEW), work), by=NEW)
    shop.log.now = NOON + timedelta(days=1)
    with pytest.raises(NotFound):
        shop.ask(lambda work: edit_profile(EditProfile(account_id=NEW), work), by=ADMIN)
