"""An account as its owner sees it; the only place where its personal data is opened."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from api.answers import View
from api.call import Call
from api.problems import not_found
from application.ports.security import Standing
from domain.accounts.account import AccountStatus
from domain.accounts.events import Role
from domain.shared.identifiers import AccountId
from domain.shared.sealed import Sealed


class UserView(View, frozen=True, kw_only=True):
    id: UUID
    email: str | None
    """None once the person is forgotten."""
    name: str | None
    role: Role
    status: AccountStatus
    is_email_verified: bool
    phone: str | None
    """E.164."""
    is_phone_verified: bool
    promotions_opt_in: bool
    created_at: datetime
    updated_at: datetime
    version: int


async def user_view(call: Call, account: AccountId, *, version: int | None = None) -> UserView:
    """As it is, or as a command left it at `version`."""
    if version is None:
        standing = await call.running.standings.get(account)
    else:
        standing = await call.services.directory.as_of(account, version)
    if standing is None:
        raise not_found("There is no such account.")
    return (await user_views(call, (standing,)))[0]


async def user_views(call: Call, standings: Sequence[Standing]) -> list[UserView]:
    """In the order given, opened together."""
    sealed = [text for each in standings for text in (each.email, each.name, each.phone) if text is not None]
    opened = iter(await call.services.vault.open_all(sealed))
    return [
        _view(each, email=next(opened), name=next(opened), phone=next(opened) if each.phone is not None else None)
        for each in standings
    ]


def _view(standing: Standing, *, email: str | None, name: str | None, phone: str | None) -> UserView:
    return UserView(
        id=standing.account,
        email=email,
        name=name,
        role=standing.role,
        status=standing.status,
        is_email_verified=standing.email_verified,
        phone=phone,
        is_phone_verified=standing.phone_verified,
        promotions_opt_in=standing.promotions_opt_in,
        created_at=standing.created_at,
        updated_at=standing.updated_at,
        version=standing.version,
    )


async def sealed_for_caller(call: Call, text: str) -> Sealed:
    """Personal data of the caller's own."""
    person = call.account.account
    key = await call.services.vault.key_of(person)
    if key is None:
        raise not_found("There is no such account.")
    return call.services.vault.seal(person=person, key=key, text=text)
