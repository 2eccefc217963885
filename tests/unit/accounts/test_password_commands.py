"""Forgotten, reset and replaced passwords, and the addresses that are proven by mail."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from application.accounts.closing import CloseAccount, close_account
from application.accounts.passwords import (
    ReplacePassword,
    RequestPasswordReset,
    ResetPassword,
    replace_password,
    request_password_reset,
    reset_password,
)
from application.accounts.registration import register_account
from application.accounts.results import Done
from application.accounts.sessions import (
    EndAllSessions,
    RefreshSession,
    StartSession,
    end_all_sessions,
    refresh_session,
    start_session,
)
from application.accounts.verification import RequestVerification, VerifyEmail, request_verification, verify_email
from application.ports.side_rows import Credential, MailedToken
from domain.accounts.account import ACCOUNTS
from domain.accounts.challenge import TokenNotValid
from domain.accounts.events import EmailReplaced, VerificationRequested
from domain.accounts.password import PasswordSuperseded
from domain.accounts.session import SessionOver
from domain.shared.identifiers import AccountId, ChallengeId, ClaimId, SessionId, derived
from domain.shared.refusal import NotFound
from tests.support.accounts import BUYER, PHONE, STRANGER, WEEK, sealed
from tests.support.shop import FakeShop, registration
from tests.support.times import NOON

FIRST, SECOND = ChallengeId(UUID(int=0xF1)), ChallengeId(UUID(int=0xF2))
HERE, THERE = SessionId(UUID(int=0x5E1)), SessionId(UUID(int=0x5E2))
CLAIM, NOBODY = ClaimId(derived("email", BUYER)), ClaimId(derived("email", "nobody"))
RESET = ResetPassword(account_id=BUYER, challenge_id=FIRST, password_hash="new")


@pytest.fixture
def shop() -> FakeShop:
    return FakeShop()


def forgets(shop: FakeShop, challenge: ChallengeId = FIRST, claim: ClaimId = CLAIM) -> Done:
    command = RequestPasswordReset(email_claim=claim, challenge_id=challenge, token_hash=str(challenge))
    return shop.ask_anonymously(lambda work: request_password_reset(command, work))


def logs_in(shop: FakeShop, session: SessionId, *, checked: int = 0) -> None:
    login = StartSession(
        session_id=session, account_id=BUYER, client=PHONE, token_hash="t", expires_at=NOON + WEEK, checked=checked
    )
    shop.ask_anonymously(lambda work: start_session(login, work))


def refreshes(shop: FakeShop, session: SessionId, generation: int = 0) -> None:
    command = RefreshSession(
        session_id=session, generation=generation, client=PHONE, token_hash="next", expires_at=NOON + WEEK
    )
    shop.ask_anonymously(lambda work: refresh_session(command, work))


def resets(shop: FakeShop, command: ResetPassword = RESET) -> None:
    shop.ask_anonymously(lambda work: reset_password(command, work))


def replaces(shop: FakeShop, *, checked: int = 0, by: AccountId = BUYER, session: SessionId = HERE) -> None:
    command = ReplacePassword(account_id=BUYER, session_id=session, checked=checked, password_hash="new")
    shop.ask(lambda work: replace_password(command, work), by=by)


def test_forgetting_keeps_the_hash_of_the_token_that_is_mailed(shop: FakeShop) -> None:
    assert forgets(shop) == Done()
    assert shop.log.rows[-1] == MailedToken(
        token_hash=str(FIRST), account_id=BUYER, challenge_id=FIRST, expires_at=NOON + timedelta(hours=1)
    )


def test_an_address_that_is_nobodys_is_answered_alike_and_nothing_is_kept(shop: FakeShop) -> None:
    before, rows = shop.history(), len(shop.log.rows)
    assert forgets(shop, claim=NOBODY) == Done()
    assert (shop.history(), len(shop.log.rows)) == (before, rows)


def test_a_reset_ends_every_session_and_sets_the_next_password(shop: FakeShop) -> None:
    logs_in(shop, HERE)
    forgets(shop)
    shop.log.now += timedelta(minutes=1)
    resets(shop)
    assert shop.log.rows[-1] == Credential(account_id=BUYER, password_hash="new", generation=1)
    with pytest.raises(SessionOver):
        refreshes(shop, HERE)


def test_of_two_uses_of_one_token_one_wins(shop: FakeShop) -> None:
    forgets(shop)
    resets(shop)
    before, rows = shop.history(), len(shop.log.rows)
    with pytest.raises(TokenNotValid):
        resets(shop)
    assert (shop.history(), len(shop.log.rows)) == (before, rows)


def test_a_token_is_void_after_another_was_asked_for(shop: FakeShop) -> None:
    forgets(shop)
    forgets(shop, SECOND)
    with pytest.raises(TokenNotValid):
        resets(shop)


def test_a_login_that_was_checked_before_the_reset_comes_too_late(shop: FakeShop) -> None:
    forgets(shop)
    resets(shop)
    with pytest.raises(PasswordSuperseded):
        logs_in(shop, HERE)
    logs_in(shop, HERE, checked=1)


def test_replacing_keeps_this_session_and_ends_the_others(shop: FakeShop) -> None:
    logs_in(shop, HERE)
    logs_in(shop, THERE)
    shop.log.now += timedelta(minutes=1)
    replaces(shop)
    refreshes(shop, HERE)
    with pytest.raises(SessionOver):
        refreshes(shop, THERE)


def test_a_session_that_was_kept_is_ended_by_the_next_that_is(shop: FakeShop) -> None:
    logs_in(shop, HERE)
    shop.log.now += timedelta(minutes=1)
    replaces(shop)
    logs_in(shop, THERE, checked=1)
    shop.log.now += timedelta(minutes=1)
    replaces(shop, checked=1, session=THERE)
    with pytest.raises(SessionOver):
        refreshes(shop, HERE)


def test_replacing_does_not_revive_a_session_that_was_ended_meanwhile(shop: FakeShop) -> None:
    logs_in(shop, HERE)
    shop.log.now += timedelta(minutes=1)
    shop.ask(lambda work: end_all_sessions(EndAllSessions(account_id=BUYER), work), by=BUYER)
    with pytest.raises(SessionOver):
        replaces(shop)


def test_of_two_replacements_one_wins(shop: FakeShop) -> None:
    logs_in(shop, HERE)
    replaces(shop)
    with pytest.raises(PasswordSuperseded):
        replaces(shop)


def test_nobody_replaces_another_persons_password(shop: FakeShop) -> None:
    logs_in(shop, HERE)
    with pytest.raises(NotFound):
        replaces(shop, by=STRANGER)


def test_another_persons_session_is_not_kept(shop: FakeShop) -> None:
    theirs = StartSession(session_id=THERE, account_id=STRANGER, client=PHONE, token_hash="t", expires_at=NOON + WEEK)
    shop.ask_anonymously(lambda work: start_session(theirs, work))
    with pytest.raises(SessionOver):
        replaces(shop, session=THERE)


def test_registering_asks_for_the_address_to_be_verified(shop: FakeShop) -> None:
    newcomer = AccountId(UUID(int=0x77))
    plain = registration(newcomer)
    command = type(plain)(
        **{name: getattr(plain, name) for name in plain.__struct_fields__}
        | {"verification": FIRST, "token_hash": "hash"}
    )
    assert shop.ask_anonymously(partial(register_account, command)).version == 2
    assert isinstance(shop.log.events(newcomer)[1], VerificationRequested)
    verify = VerifyEmail(account_id=newcomer, challenge_id=FIRST)
    shop.ask_anonymously(lambda work: verify_email(verify, work))
    assert shop.log.state(ACCOUNTS, newcomer).email_verified


def test_a_verified_address_is_sent_nothing_more(shop: FakeShop) -> None:
    ask = RequestVerification(email_claim=CLAIM, challenge_id=FIRST, token_hash="hash")
    shop.ask_anonymously(lambda work: request_verification(ask, work))
    shop.ask_anonymously(lambda work: verify_email(VerifyEmail(account_id=BUYER, challenge_id=FIRST), work))
    before, rows = shop.history(), len(shop.log.rows)
    again = RequestVerification(email_claim=CLAIM, challenge_id=SECOND, token_hash="other")
    assert shop.ask_anonymously(lambda work: request_verification(again, work)) == Done()
    assert (shop.history(), len(shop.log.rows)) == (before, rows)


def test_a_token_of_an_account_that_is_being_deleted_is_void(shop: FakeShop) -> None:
    forgets(shop)
    shop.ask(lambda work: close_account(CloseAccount(account_id=BUYER), work), by=BUYER)
    before, rows = shop.history(), len(shop.log.rows)
    with pytest.raises(TokenNotValid):
        resets(shop)
    assert forgets(shop, SECOND) == Done()
    assert (shop.history(), len(shop.log.rows)) == (before, rows)


def test_a_token_sent_to_an_address_is_void_once_there_is_another(shop: FakeShop) -> None:
    forgets(shop)
    shop.log.carry_out(
        lambda work: work.record(
            ACCOUNTS, BUYER, (EmailReplaced(email=sealed(BUYER, "new"), email_claim=NOBODY, at=NOON),)
        )
    )
    with pytest.raises(TokenNotValid):
        resets(shop)
