"""Commands that come through an API key are decided by what the key is worth at that very moment."""

from uuid import UUID

import pytest

from application.accounts.administration import EditAccount, edit_account
from application.accounts.api_keys import IssueApiKey, RevokeApiKey, issue_api_key, revoke_api_key
from application.accounts.profile import EditProfile, edit_profile
from application.ports.side_rows import ApiKeySecret, RevokedApiKey
from domain.accounts.events import Role
from domain.accounts.key_events import ApiKeyIssued, ApiKeyRevoked
from domain.shared.actor import Actor
from domain.shared.identifiers import ApiKeyId
from domain.shared.refusal import AlreadyExists, Forbidden
from tests.support.accounts import ADMIN, BUYER
from tests.support.shop import FakeShop
from tests.support.times import NOON

KEY = ApiKeyId(UUID(int=0xA9))
ISSUE = IssueApiKey(key_id=KEY, title="export", secret_hash="hash")
EDIT = EditProfile(account_id=BUYER, promotions_opt_in=True)


@pytest.fixture
def shop() -> FakeShop:
    shop = FakeShop()
    shop.ask(lambda work: issue_api_key(ISSUE, work), by=ADMIN)
    return shop


def through(shop: FakeShop, command: EditProfile = EDIT, *, key: ApiKeyId = KEY) -> None:
    shop.log.carry_out(lambda work: edit_profile(command, work), actor=Actor.through(key, ADMIN))


def test_a_key_acts_as_its_issuer(shop: FakeShop) -> None:
    assert shop.log.events(KEY) == (ApiKeyIssued(key_id=KEY, issuer_id=ADMIN, name="export", at=NOON),)
    assert shop.log.rows[-1] == ApiKeySecret(secret_hash="hash", key_id=KEY, account_id=ADMIN)
    through(shop)
    assert len(shop.log.events(BUYER)) == 2
    with pytest.raises(AlreadyExists):
        shop.ask(lambda work: issue_api_key(ISSUE, work), by=ADMIN)


def test_what_a_revoked_key_asked_for_is_not_decided(shop: FakeShop) -> None:
    shop.ask(lambda work: revoke_api_key(RevokeApiKey(key_id=KEY), work), by=ADMIN)
    assert shop.log.events(KEY)[-1] == ApiKeyRevoked(key_id=KEY, at=NOON)
    assert shop.log.rows[-1] == RevokedApiKey(key_id=KEY)
    with pytest.raises(Forbidden):
        through(shop)


def test_nor_what_comes_through_a_key_that_never_was_or_whose_issuer_is_no_admin(shop: FakeShop) -> None:
    with pytest.raises(Forbidden):
        through(shop, key=ApiKeyId(UUID(int=0xAA)))
    demotion = EditAccount(account_id=ADMIN, role=Role.BUYER)
    shop.ask_itself(lambda work: edit_account(demotion, work))
    with pytest.raises(Forbidden):
        through(shop, EditProfile(account_id=ADMIN, promotions_opt_in=True))


def test_keys_are_managed_by_people(shop: FakeShop) -> None:
    another = IssueApiKey(key_id=ApiKeyId(UUID(int=0xAB)), title="export", secret_hash="other")
    with pytest.raises(Forbidden):
        shop.log.carry_out(lambda work: issue_api_key(another, work), actor=Actor.through(KEY, ADMIN))
    with pytest.raises(Forbidden):
        shop.ask(lambda work: issue_api_key(another, work), by=BUYER)


def test_an_actor_names_its_key() -> None:
    assert str(Actor.through(KEY, ADMIN)) == f"account:{ADMIN}/key:{KEY}"
    assert (Actor.through(KEY, ADMIN).key, Actor.of(ADMIN).key, Actor.system("tests").key) == (KEY, None, None)
