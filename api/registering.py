"""What opening an account takes, whoever asks for it."""

from api.call import Call
from api.credentials import token_hash_of
from application.accounts.registration import RegisterAccount
from domain.accounts.events import Role
from domain.shared.identifiers import AccountId, ChallengeId, ClaimId


async def registration(
    call: Call, account: AccountId, claim: ClaimId, *, email: str, name: str, password: str, role: Role
) -> RegisterAccount:
    """With a new key for the person, and a token that proves the address."""
    vault = call.services.vault
    issued = vault.issue_key(account)
    verification = ChallengeId(call.new_id("verification"))
    return RegisterAccount(
        account_id=account,
        email=vault.seal(person=account, key=issued.key, text=email.strip()),
        email_claim=claim,
        full_name=vault.seal(person=account, key=issued.key, text=name),
        role=role,
        password_hash=await call.services.passwords.hash(password),
        person_key=issued.wrapped,
        name_words=call.services.names.words(name),
        verification=verification,
        token_hash=token_hash_of(call, verification),
    )
