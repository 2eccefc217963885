"""What proves an email address and a phone number, and how often it may be tried."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.accounts.account import ACCOUNTS, Account
from domain.accounts.challenge import TokenNotValid
from domain.accounts.contact import OtpNotValid
from domain.accounts.events import EmailVerified, PhoneGuessMissed, PhoneVerified
from domain.shared.identifiers import ChallengeId, ClaimId
from tests.support.accounts import BUYER, CLAIM, an_account, sealed
from tests.support.given import after, given
from tests.support.times import NOON

FIRST, SECOND = ChallengeId(UUID(int=0xF1)), ChallengeId(UUID(int=0xF2))
NEW_ADDRESS = ClaimId(UUID(int=0xC2))
DAY, TEN_MINUTES = timedelta(days=1), timedelta(minutes=10)


def asked_to_verify(account: Account, challenge: ChallengeId = FIRST) -> Account:
    asked = account.contact.ask_verification(account.id, account.email_claim, challenge_id=challenge, at=NOON)
    return after(ACCOUNTS, asked, account)


def with_a_phone(challenge: ChallengeId = FIRST, account: Account | None = None) -> Account:
    account = account or an_account()
    return after(
        ACCOUNTS,
        account.contact.give_phone(BUYER, sealed(BUYER, "phone"), challenge_id=challenge, at=NOON),
        account,
    )


def test_an_address_is_verified_by_its_token_once() -> None:
    verified = (EmailVerified(email_claim=CLAIM, at=NOON),)
    account = asked_to_verify(an_account())
    given(account).when(lambda a: a.contact.verify_email(CLAIM, presented=FIRST, at=NOON)).then(*verified)
    account = after(ACCOUNTS, verified, account)
    assert account.email_verified
    given(account).when(lambda a: a.contact.verify_email(CLAIM, presented=FIRST, at=NOON)).refused(TokenNotValid)


def test_a_verified_address_is_not_asked_about_again() -> None:
    account = after(ACCOUNTS, (EmailVerified(email_claim=CLAIM, at=NOON),), an_account())
    given(account).when(lambda a: a.contact.ask_verification(BUYER, CLAIM, challenge_id=SECOND, at=NOON)).then()


@pytest.mark.parametrize(
    ("presented", "claim", "later"),
    [(SECOND, CLAIM, timedelta(0)), (FIRST, NEW_ADDRESS, timedelta(0)), (FIRST, CLAIM, DAY)],
    ids=["another token", "the address was changed", "too late"],
)
def test_a_token_is_void(presented: ChallengeId, claim: ClaimId, later: timedelta) -> None:
    given(asked_to_verify(an_account())).when(
        lambda a: a.contact.verify_email(claim, presented=presented, at=NOON + later)
    ).refused(TokenNotValid)


def test_the_token_before_is_void_once_another_is_asked_for() -> None:
    account = asked_to_verify(asked_to_verify(an_account()), SECOND)
    given(account).when(lambda a: a.contact.verify_email(CLAIM, presented=FIRST, at=NOON)).refused(TokenNotValid)


def test_a_phone_is_verified_by_its_one_time_password_once() -> None:
    verified = (PhoneVerified(challenge_id=FIRST, at=NOON),)
    account = with_a_phone()
    given(account).when(lambda a: a.contact.verify_phone(presented=FIRST, matches=True, at=NOON)).then(*verified)
    account = after(ACCOUNTS, verified, account)
    assert account.contact.phone_verified
    given(account).when(lambda a: a.contact.verify_phone(presented=FIRST, matches=True, at=NOON)).refused(OtpNotValid)


def test_the_fifth_wrong_guess_is_the_last() -> None:
    missed = PhoneGuessMissed(challenge_id=FIRST, at=NOON)
    four = after(ACCOUNTS, (missed,) * 4, with_a_phone())
    given(four).when(lambda a: a.contact.verify_phone(presented=FIRST, matches=False, at=NOON)).then(missed)
    five = after(ACCOUNTS, (missed,), four)
    given(five).when(lambda a: a.contact.verify_phone(presented=FIRST, matches=True, at=NOON)).refused(OtpNotValid)


def test_a_one_time_password_lives_for_ten_minutes() -> None:
    given(with_a_phone()).when(
        lambda a: a.contact.verify_phone(presented=FIRST, matches=True, at=NOON + TEN_MINUTES)
    ).refused(OtpNotValid)


def test_another_number_is_unverified_and_has_guesses_of_its_own() -> None:
    proven = after(ACCOUNTS, (PhoneVerified(challenge_id=FIRST, at=NOON),), with_a_phone())
    account = with_a_phone(SECOND, proven)
    assert not account.contact.phone_verified
    given(account).when(lambda a: a.contact.verify_phone(presented=FIRST, matches=True, at=NOON)).refused(OtpNotValid)
