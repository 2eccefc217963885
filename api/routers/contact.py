"""The caller's password and phone number."""

from hmac import compare_digest
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.answers import Answer, no_content, versioned
from api.call import Call
from api.fields import Body, GivenPassword, PasswordText
from api.phone_numbers import PhoneNumber
from api.profiles import UserView, sealed_for_caller, user_view
from api.routing import Operation, Resource
from application.accounts.passwords import ReplacePassword
from application.accounts.phones import GivePhone, GuessKept, VerifyPhone
from application.accounts.results import AccountKept, Done
from domain.accounts.contact import OtpNotValid, OtpWrong
from domain.accounts.password import PasswordSuperseded, PasswordWrong
from domain.accounts.session import SessionOver
from domain.shared.identifiers import ChallengeId
from domain.shared.refusal import Forbidden

RESOURCE = Resource("/api/v1/users/me", "accounts")


NO_CHALLENGE = ChallengeId(UUID(int=0))
"""Where none is awaited: whether the request is a repeated one is for the command to say."""


class PasswordForm(Body):
    current_password: GivenPassword = Field(repr=False)
    new_password: PasswordText = Field(repr=False)


class PhoneForm(Body):
    phone: PhoneNumber


class OtpForm(Body):
    otp: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] = Field(repr=False)


@RESOURCE.route(
    "POST",
    "/password",
    Operation(
        summary="Replace the password; ends every other session",
        status=204,
        refusals=(PasswordWrong, PasswordSuperseded, SessionOver),
        examples={"request": {"currentPassword": "correct horse", "newPassword": "battery staple"}},
    ),
)
async def replace_password(call: Call, body: PasswordForm) -> Answer:
    account = call.account.account
    if call.claims is None:
        raise Forbidden("This takes a session.")
    await call.guard(f"password:{account}")
    kept = await call.services.directory.password_of(account)
    known = await call.services.passwords.verify(body.current_password, kept.password_hash if kept else None)
    command = ReplacePassword(
        account_id=account,
        session_id=call.claims.session,
        checked=kept.generation if kept is not None and known else None,
        password_hash=await call.services.passwords.hash(body.new_password),
    )
    await call.done(command, Done)
    return no_content()


@RESOURCE.route(
    "POST",
    "/phone",
    Operation(
        summary="Give a phone number, and have a one-time password sent to it",
        answer=UserView,
        examples={"request": {"phone": "+91 98765 43210"}},
    ),
)
async def give_phone(call: Call, body: PhoneForm) -> Answer:
    account = call.account.account
    await call.guard(f"phone:{account}")
    command = GivePhone(
        account_id=account,
        phone=await sealed_for_caller(call, body.phone),
        challenge_id=ChallengeId(call.new_id("otp")),
    )
    kept = await call.done(command, AccountKept)
    view = await user_view(call, account, version=kept.version)
    return versioned(view, view.version)


@RESOURCE.route(
    "POST",
    "/phone/verify",
    Operation(
        summary="Prove the phone number by the one-time password",
        answer=UserView,
        refusals=(OtpNotValid, OtpWrong),
        examples={"request": {"otp": "042137"}},
    ),
)
async def verify_phone(call: Call, body: OtpForm) -> Answer:
    account = call.account.account
    await call.guard(f"otp:{account}")
    standings = await call.services.directory.standings((account,))
    challenge = standings[account].otp or NO_CHALLENGE
    expected = call.services.tokens.one_time_password(challenge)
    matches = compare_digest(expected.encode(), body.otp.encode())
    kept = await call.done(VerifyPhone(account_id=account, challenge_id=challenge, matches=matches), GuessKept)
    if not kept.matched:
        raise OtpWrong("The one-time password is another.")
    view = await user_view(call, account, version=kept.version)
    return versioned(view, view.version)
