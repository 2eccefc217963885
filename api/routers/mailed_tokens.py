"""What is proven by reading one's mail: that an address is one's own, and that a password may be set anew."""

import asyncio

from pydantic import Field

from api.answers import Answer, no_content
from api.call import Call
from api.credentials import claim_of, token_hash_of
from api.fields import Body, EmailText, Opaque, PasswordText
from api.routing import Access, Operation, Resource
from application.accounts.passwords import RequestPasswordReset, ResetPassword
from application.accounts.results import AccountKept, Done
from application.accounts.verification import RequestVerification, VerifyEmail
from application.ports.security import PresentedChallenge
from domain.accounts.challenge import TokenNotValid
from domain.shared.identifiers import ChallengeId

RESOURCE = Resource("/api/v1/auth", "accounts")
ALIKE = 0.1
"""Seconds that asking for mail takes, whoever has the address."""
NOT_VALID = "The token is not valid, or not any more."
MAILED = "f3Jx0Vd7m2Q…"


class AddressForm(Body):
    email: EmailText


class TokenForm(Body):
    token: Opaque = Field(repr=False)


class ResetForm(Body):
    token: Opaque = Field(repr=False)
    password: PasswordText = Field(repr=False)


@RESOURCE.route(
    "POST",
    "/verify-email",
    Operation(
        summary="Prove an email address by the token that was mailed to it",
        access=Access.PUBLIC,
        status=204,
        refusals=(TokenNotValid,),
        examples={"request": {"token": MAILED}},
    ),
)
async def verify_email(call: Call, body: TokenForm) -> Answer:
    presented = await _presented(call, body.token)
    await call.done(VerifyEmail(account_id=presented.account, challenge_id=presented.challenge), AccountKept)
    return no_content()


@RESOURCE.route(
    "POST",
    "/resend-verification",
    Operation(
        summary="Have another token mailed; the same answer whether or not the address is known",
        access=Access.PUBLIC,
        status=202,
        examples={"request": {"email": "ada@example.com"}},
    ),
)
async def resend_verification(call: Call, body: AddressForm) -> Answer:
    claim = claim_of(call, body.email)
    await call.guard(f"verification:{claim}")
    challenge = ChallengeId(call.new_id("verification", caller=f"email:{claim}"))
    command = RequestVerification(email_claim=claim, challenge_id=challenge, token_hash=token_hash_of(call, challenge))
    return await _told_nothing(call, command)


@RESOURCE.route(
    "POST",
    "/forgot-password",
    Operation(
        summary="Have a token mailed that sets the password anew; the same answer whether or not the address is known",
        access=Access.PUBLIC,
        status=202,
        examples={"request": {"email": "ada@example.com"}},
    ),
)
async def forgot_password(call: Call, body: AddressForm) -> Answer:
    claim = claim_of(call, body.email)
    await call.guard(f"password-reset:{claim}")
    challenge = ChallengeId(call.new_id("password-reset", caller=f"email:{claim}"))
    command = RequestPasswordReset(email_claim=claim, challenge_id=challenge, token_hash=token_hash_of(call, challenge))
    return await _told_nothing(call, command)


@RESOURCE.route(
    "POST",
    "/reset-password",
    Operation(
        summary="Set the password anew by the token that was mailed; ends every session",
        access=Access.PUBLIC,
        status=204,
        refusals=(TokenNotValid,),
        examples={"request": {"token": MAILED, "password": "correct horse"}},
    ),
)
async def reset_password(call: Call, body: ResetForm) -> Answer:
    presented = await _presented(call, body.token)
    command = ResetPassword(
        account_id=presented.account,
        challenge_id=presented.challenge,
        password_hash=await call.services.passwords.hash(body.password),
    )
    await call.done(command, Done)
    return no_content()


async def _presented(call: Call, token: str) -> PresentedChallenge:
    """What the token stands for; from then on the request is known by it."""
    token_hash = call.services.tokens.hash_mailed(token)
    await call.guard(token_hash)
    call.command_id(caller=f"token:{token_hash}")
    presented = await call.services.directory.challenged(token_hash)
    if presented is None:
        raise TokenNotValid(NOT_VALID)
    return presented


async def _told_nothing(call: Call, command: RequestVerification | RequestPasswordReset) -> Answer:
    """Where the command wrote would say whether there was anybody to write to, and so would how long it took: of
    somebody who was here lately less has to be fetched."""
    clock = asyncio.get_running_loop().time
    answer_at = clock() + ALIKE
    await call.done(command, Done)
    call.positioned.slots.clear()
    await asyncio.sleep(max(0.0, answer_at - clock()))
    return Answer(202, b"")
