"""An email address belongs to one account at a time."""

from domain.accounts.email_claim import EmailNotHeld, EmailTaken, claim_email
from domain.accounts.events import EmailClaimed, EmailReleased
from tests.support.accounts import BUYER, CLAIM, STRANGER, a_released_email, an_email_claimed_by
from tests.support.given import given


def test_a_new_address_is_claimed() -> None:
    claimed = EmailClaimed(claim_id=CLAIM, account_id=BUYER)
    assert claim_email(None, claim_id=CLAIM, account_id=BUYER) == (claimed,)


def test_a_taken_address_cannot_be_claimed() -> None:
    decided = given(an_email_claimed_by(BUYER)).when(
        lambda claim: claim_email(claim, claim_id=CLAIM, account_id=STRANGER)
    )
    assert decided.refused(EmailTaken).code == "email-taken"


def test_who_holds_an_address_need_not_claim_it_again() -> None:
    given(an_email_claimed_by(BUYER)).when(lambda claim: claim_email(claim, claim_id=CLAIM, account_id=BUYER)).then()


def test_a_released_address_can_be_claimed_by_another() -> None:
    given(a_released_email(BUYER)).when(lambda claim: claim_email(claim, claim_id=CLAIM, account_id=STRANGER)).then(
        EmailClaimed(claim_id=CLAIM, account_id=STRANGER)
    )


def test_only_the_holder_releases_an_address() -> None:
    given(an_email_claimed_by(BUYER)).when(lambda claim: claim.release(BUYER)).then(EmailReleased(account_id=BUYER))
    given(an_email_claimed_by(BUYER)).when(lambda claim: claim.release(STRANGER)).refused(EmailNotHeld)
    given(a_released_email(BUYER)).when(lambda claim: claim.release(BUYER)).refused(EmailNotHeld)
