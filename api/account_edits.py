"""Changing an account that one may change: one's own, or as an admin anybody's."""

from api.answers import Answer, versioned
from api.call import Call
from api.credentials import claim_of, token_hash_of
from api.problems import not_found
from api.profiles import user_view
from application.accounts.administration import EditAccount
from application.accounts.results import AccountKept
from domain.accounts.events import Role
from domain.shared.identifiers import AccountId, ChallengeId
from domain.shared.sealed import Sealed


async def edited(
    call: Call,
    account: AccountId,
    *,
    name: str | None = None,
    email: str | None = None,
    role: Role | None = None,
    promotions_opt_in: bool | None = None,
) -> Answer:
    """The account as the change left it. None leaves a field as it is."""
    claim = verification = None
    if email is not None:
        claim, verification = claim_of(call, email), ChallengeId(call.new_id("verification"))
        await call.guard(str(claim))
    command = EditAccount(
        account_id=account,
        full_name=None if name is None else await sealed_for(call, account, name),
        name_words=() if name is None else call.services.names.words(name),
        email=None if email is None else await sealed_for(call, account, email.strip()),
        email_claim=claim,
        verification=verification,
        token_hash="" if verification is None else token_hash_of(call, verification),
        role=role,
        promotions_opt_in=promotions_opt_in,
        expected_version=call.expected_version(),
    )
    kept = await call.done(command, AccountKept)
    view = await user_view(call, account, version=kept.version)
    return versioned(view, view.version)


async def sealed_for(call: Call, account: AccountId, text: str) -> Sealed:
    """With the key of the person whose account it is; raises 404 where there is none."""
    key = await call.services.vault.key_of(account)
    if key is None:
        raise not_found("There is no such account.")
    return call.services.vault.seal(person=account, key=key, text=text)
