"""Who is written to, and when: told as stories, with the process manager and its effects."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from application.accounts.passwords import RequestPasswordReset, request_password_reset
from application.accounts.phones import GivePhone, give_phone
from application.accounts.verification import RequestVerification, request_verification
from application.effects.effect import EffectPorts
from application.effects.mail import (
    ForgetMail,
    SendMail,
    SendOneTimePassword,
    forget_mail,
    send_mail,
    send_one_time_password,
)
from application.ports.commands import Command, Outcome
from application.processes.account_mails import ON_ITS_WAY, instance, react
from application.processes.process import Due
from domain.accounts.events import AccountDeleted, AccountRenamed
from domain.shared.identifiers import ChallengeId, ClaimId, derived
from infrastructure.processes.executor import USUAL
from tests.support.accounts import BUYER, STRANGER, sealed
from tests.support.fake_mail import FakeLetters, FakeMailer, FakeTexts, an_outside
from tests.support.shop import FakeShop
from tests.support.story import drive
from tests.support.times import NOON

CHALLENGE = ChallengeId(UUID(int=0xF1))
CLAIM = ClaimId(derived("email", BUYER))


def decided(shop: FakeShop) -> list[Due]:
    """By the event that was recorded last of the buyer."""
    event = shop.log.events(BUYER)[-1]
    assert instance(event) == BUYER
    state, decisions = react(None, event)
    assert state is None
    return [each for each in decisions if isinstance(each, Due)]


@pytest.mark.parametrize("template", ["verification", "password-reset"])
def test_a_token_that_was_asked_for_is_mailed_at_once(template: str) -> None:
    shop = FakeShop()
    if template == "verification":
        verification = RequestVerification(email_claim=CLAIM, challenge_id=CHALLENGE, token_hash="hash")
        shop.ask_anonymously(partial(request_verification, verification))
    else:
        reset = RequestPasswordReset(email_claim=CLAIM, challenge_id=CHALLENGE, token_hash="hash")
        shop.ask_anonymously(partial(request_password_reset, reset))
    send = SendMail(template=template, account_id=BUYER, references={"challenge_id": str(CHALLENGE)})
    assert decided(shop) == [Due(f"{template}:{CHALLENGE}", send)]


def test_a_one_time_password_is_sent_at_once() -> None:
    shop = FakeShop()
    command = GivePhone(account_id=BUYER, phone=sealed(BUYER, "phone"), challenge_id=CHALLENGE)
    shop.ask(partial(give_phone, command), by=BUYER)
    send = SendOneTimePassword(account_id=BUYER, challenge_id=CHALLENGE)
    assert decided(shop) == [Due(f"one-time-password:{CHALLENGE}", send)]


def test_mail_to_somebody_who_is_deleted_is_forgotten_also_what_was_on_its_way() -> None:
    event = AccountDeleted(account_id=BUYER, closing=UUID(int=1), at=NOON)
    forget = ForgetMail(account_id=BUYER)
    assert react(None, event) == (None, (Due("forget", forget), Due("forget again", forget, at=NOON + ON_ITS_WAY)))
    assert timedelta(seconds=USUAL.patience) < ON_ITS_WAY


def test_nobody_is_written_to_about_a_new_name() -> None:
    assert instance(AccountRenamed(name=sealed(BUYER, "new"))) is None


async def nothing(command: Command, step: str) -> Outcome:
    raise AssertionError(f"{command} at {step}")


def test_a_mail_is_the_same_however_often_it_is_sent_and_another_for_another_matter() -> None:
    outside = an_outside()
    ports = EffectPorts.of(outside, submit=nothing, now=NOON)
    first = SendMail(template="verification", account_id=BUYER, references={"a": "1", "b": "2"})
    again = SendMail(template="verification", account_id=BUYER, references={"b": "2", "a": "1"})
    others = [
        SendMail(template="password-reset", account_id=BUYER, references=first.references),
        SendMail(template="verification", account_id=STRANGER, references=first.references),
        SendMail(template="verification", account_id=BUYER, references={"a": "1"}),
    ]
    for command in (first, again, *others):
        drive(send_mail(command, ports))
    assert isinstance(outside.mailer, FakeMailer)
    assert list(outside.mailer.kept) == [each.mail_id for each in (first, *others)]


def test_nobody_is_written_to_who_is_gone() -> None:
    outside = an_outside()
    assert isinstance(outside.letters, FakeLetters)
    assert isinstance(outside.mailer, FakeMailer)
    outside.letters.gone.add(BUYER)
    mail = SendMail(template="verification", account_id=BUYER, references={})
    drive(send_mail(mail, EffectPorts.of(outside, submit=nothing, now=NOON)))
    assert outside.mailer.kept == {}


def test_messages_and_forgetting_reach_their_ports() -> None:
    outside = an_outside()
    assert isinstance(outside.texts, FakeTexts)
    assert isinstance(outside.mailer, FakeMailer)
    ports = EffectPorts.of(outside, submit=nothing, now=NOON)
    drive(send_one_time_password(SendOneTimePassword(account_id=BUYER, challenge_id=CHALLENGE), ports))
    assert outside.texts.sent == [(BUYER, CHALLENGE)]
    drive(send_mail(SendMail(template="verification", account_id=BUYER, references={}), ports))
    drive(forget_mail(ForgetMail(account_id=BUYER), ports))
    assert outside.mailer.kept == {}
