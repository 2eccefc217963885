"""Promotional mail is turned off with one click (RFC 8058), or with two by whoever follows the link in it."""

from hashlib import sha256
from typing import Annotated

from fastapi import Query
from pydantic import Field

from api.answers import Answer, plain
from api.call import Call
from api.fields import Body, Opaque
from api.routing import Access, Operation, Resource
from application.accounts.results import Done
from application.accounts.unsubscribing import Unsubscribe
from application.ports.security import TokenRejected
from domain.accounts.challenge import TokenNotValid
from domain.shared.identifiers import AccountId

RESOURCE = Resource("/api/v1/unsubscribe", "accounts")
HTML = "text/html; charset=utf-8"
PAGE_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
)
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>{body}</body>
</html>
"""
ASKING = PAGE.format(
    title="No more promotional mail?",
    body='<form method="post"><p>No more mail about sales?</p><button>Unsubscribe</button></form>',
)
"""The form goes to where the page is from, token and all."""
THANKS = PAGE.format(
    title="Unsubscribed", body="<p>You get no more mail about sales. Mail of your orders still comes.</p>"
)


class TokenQuery(Body):
    token: Opaque = Field(repr=False)


@RESOURCE.route(
    "GET",
    "",
    Operation(
        summary="A page that asks whether promotional mail is to end; looking at it changes nothing",
        access=Access.PUBLIC,
        produces="text/html",
        refusals=(TokenNotValid,),
    ),
)
async def ask_unsubscribe(call: Call, query: Annotated[TokenQuery, Query()]) -> Answer:
    _reader(call, query.token)
    return plain(200, ASKING.encode(), HTML, [PAGE_POLICY])


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="End promotional mail, by the token that it carries; what the body says does not matter",
        access=Access.PUBLIC,
        produces="text/html",
        refusals=(TokenNotValid,),
    ),
)
async def unsubscribe(call: Call, query: Annotated[TokenQuery, Query()]) -> Answer:
    """A mailbox provider speaks for many readers from one address, so only tokens that are none are counted."""
    digest = sha256(query.token.encode()).hexdigest()
    try:
        reader = _reader(call, query.token)
    except TokenNotValid:
        await call.guard(digest)
        raise
    call.command_id(caller=f"unsubscribe:{digest}")
    await call.done(Unsubscribe(account_id=reader), Done)
    call.positioned.slots.clear()  # where it wrote would say whether there was anything to turn off
    return plain(200, THANKS.encode(), HTML, [PAGE_POLICY])


def _reader(call: Call, token: str) -> AccountId:
    try:
        return call.services.tokens.unsubscribing(token)
    except TokenRejected:
        raise TokenNotValid("The token is not valid.") from None
