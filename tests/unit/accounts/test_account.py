"""What an account may become, and what it may do."""

from datetime import timedelta

import pytest

from domain.accounts.account import ACCOUNTS, Account
from domain.accounts.events import (
    AccountEvent,
    AccountRegistered,
    AccountRenamed,
    AllSessionsRevoked,
    PromotionsOptedIn,
    PromotionsOptedOut,
    Role,
)
from domain.shared.refusal import Forbidden
from tests.support.accounts import BUYER, CLAIM, an_account, sealed
from tests.support.given import after, given
from tests.support.times import NOON


def registering(role: Role, *, appointed: bool) -> tuple[AccountEvent, ...]:
    return Account.register(
        account_id=BUYER,
        email=sealed(BUYER, "email"),
        email_claim=CLAIM,
        name=sealed(BUYER, "name"),
        role=role,
        appointed=appointed,
        at=NOON,
    )


@pytest.mark.parametrize(
    ("role", "appointed"), [(Role.BUYER, False), (Role.SELLER, False), (Role.BUYER, True), (Role.ADMIN, True)]
)
def test_anybody_may_become_a_buyer_or_a_seller(role: Role, *, appointed: bool) -> None:
    registered = AccountRegistered(
        account_id=BUYER,
        email=sealed(BUYER, "email"),
        email_claim=CLAIM,
        name=sealed(BUYER, "name"),
        role=role,
        at=NOON,
    )
    assert registering(role, appointed=appointed) == (registered,)


def test_nobody_makes_themselves_an_admin() -> None:
    with pytest.raises(Forbidden):
        registering(Role.ADMIN, appointed=False)


def test_an_account_is_renamed() -> None:
    name = sealed(BUYER, "another name")
    given(an_account()).when(lambda account: account.rename(name)).then(AccountRenamed(name=name))


def test_the_same_name_is_no_news() -> None:
    given(an_account()).when(lambda account: account.rename(sealed(BUYER, "name"))).then()


def test_promotions_are_off_until_asked_for() -> None:
    given(an_account()).when(lambda account: account.opt_out()).then()
    given(an_account()).when(lambda account: account.opt_in()).then(PromotionsOptedIn())


def test_promotions_can_be_left_again() -> None:
    opted_in = after(ACCOUNTS, (PromotionsOptedIn(),), an_account())
    given(opted_in).when(lambda account: account.opt_in()).then()
    given(opted_in).when(lambda account: account.opt_out()).then(PromotionsOptedOut())


def test_all_sessions_end_at_an_instant() -> None:
    later = NOON + timedelta(hours=1)
    given(an_account()).when(lambda account: account.revoke_sessions(later)).then(AllSessionsRevoked(at=later))


def test_a_role_is_required() -> None:
    buyer = an_account()
    buyer.require()
    buyer.require(Role.SELLER, Role.BUYER)
    with pytest.raises(Forbidden, match="seller or admin"):
        buyer.require(Role.SELLER, Role.ADMIN)
