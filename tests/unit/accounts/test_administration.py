"""What is changed of accounts, and by whom."""

from uuid import UUID

import pytest

from application.access import VersionMismatch
from application.accounts.administration import EditAccount, edit_account
from application.ports.side_rows import NameWords
from domain.accounts.account import ACCOUNTS
from domain.accounts.email_claim import EMAIL_CLAIMS, EmailTaken
from domain.accounts.events import EmailClaimed, EmailReleased, EmailReplaced, Role, RoleGranted
from domain.shared.identifiers import AccountId, ClaimId
from domain.shared.refusal import Forbidden, NotFound
from infrastructure.security.names import HmacNames
from tests.support.accounts import ADMIN, BUYER, SELLER, STRANGER, sealed
from tests.support.shop import FakeShop, registration
from tests.support.times import NOON

NEW = ClaimId(UUID(int=0xC9))
NAMES = HmacNames(master_key=b"k" * 32)


@pytest.fixture
def shop() -> FakeShop:
    return FakeShop()


def edit(shop: FakeShop, command: EditAccount, *, by: AccountId) -> int:
    return shop.ask(lambda work: edit_account(command, work), by=by).version


def moving(claim: ClaimId = NEW) -> EditAccount:
    return EditAccount(account_id=BUYER, email=sealed(BUYER, "new"), email_claim=claim)


def test_an_address_moves_with_its_claims(shop: FakeShop) -> None:
    assert edit(shop, moving(), by=BUYER) == 2
    assert shop.log.events(BUYER)[-1] == EmailReplaced(email=sealed(BUYER, "new"), email_claim=NEW, at=NOON)
    assert shop.log.events(NEW) == (EmailClaimed(claim_id=NEW, account_id=BUYER),)
    former = registration(BUYER).email_claim
    assert shop.log.events(former)[-1] == EmailReleased(account_id=BUYER)
    assert edit(shop, moving(), by=BUYER) == 2, "the same address replaces nothing"
    assert edit(shop, moving(former), by=BUYER) == 3
    assert shop.log.state(EMAIL_CLAIMS, NEW).holder is None


def test_an_address_that_is_taken_changes_nothing(shop: FakeShop) -> None:
    before = shop.history()
    with pytest.raises(EmailTaken):
        edit(shop, moving(registration(SELLER).email_claim), by=BUYER)
    assert shop.history() == before


def test_a_role_is_granted_by_admins_alone(shop: FakeShop) -> None:
    granting = EditAccount(account_id=BUYER, role=Role.ADMIN)
    for by, refusal in ((BUYER, Forbidden), (SELLER, NotFound), (STRANGER, NotFound)):
        with pytest.raises(refusal):
            edit(shop, granting, by=by)
    edit(shop, granting, by=ADMIN)
    assert shop.log.events(BUYER)[-1] == RoleGranted(role=Role.ADMIN, at=NOON)
    edit(shop, EditAccount(account_id=ADMIN, role=Role.BUYER), by=BUYER)
    with pytest.raises(NotFound):
        edit(shop, EditAccount(account_id=BUYER, role=Role.SELLER), by=ADMIN)


def test_a_name_brings_its_words(shop: FakeShop) -> None:
    edit(shop, EditAccount(account_id=BUYER, full_name=sealed(BUYER, "n"), name_words=("a", "b")), by=BUYER)
    assert shop.log.rows[-1] == NameWords(account_id=BUYER, words=("a", "b"))
    assert shop.log.state(ACCOUNTS, BUYER).name == sealed(BUYER, "n")
    with pytest.raises(VersionMismatch):
        edit(shop, EditAccount(account_id=BUYER, promotions_opt_in=True, expected_version=1), by=BUYER)


@pytest.mark.parametrize(
    ("one", "other"), [("Zoë", "zoe"), ("ŁUKASZ  Nowak", "nowak łukasz"), ("Ⅻ", "xii"), ("O'Brien", "o brien")]
)
def test_words_that_read_alike_are_alike(one: str, other: str) -> None:
    assert set(NAMES.words(one)) == set(NAMES.words(other))


def test_digests_say_nothing_without_the_key() -> None:
    assert set(NAMES.words("Ada")).isdisjoint(HmacNames(master_key=b"j" * 32).words("Ada"))
    assert NAMES.words("...") == ()
    assert len(NAMES.words(" ".join(map(str, range(100))))) == 20
