"""Everybody's accounts, for admins."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from api.account_edits import edited
from api.account_lists import AccountFilters, UserPage, account_page
from api.answers import Answer, created, versioned
from api.call import Call
from api.credentials import claim_of
from api.deleting import LATER, delete_account
from api.fields import Body, EmailText, Name, PasswordText, RoleWord, Truth
from api.profiles import UserView, user_view
from api.registering import registration
from api.routing import Operation, Resource
from application.accounts.closing import ProductsForSale, UndeliveredOrders
from application.accounts.results import AccountKept
from domain.accounts.email_claim import EmailTaken
from domain.accounts.events import Role
from domain.accounts.standing import AccountInClosing
from domain.shared.identifiers import AccountId

RESOURCE = Resource("/api/v1/users", "accounts")
ADMIN = (Role.ADMIN,)
EXAMPLE = {"email": "grace@example.com", "name": "Grace Hopper", "role": "admin"}


class UserFilters(AccountFilters):
    role: RoleWord | None = None


class NewUser(Body):
    email: EmailText
    password: PasswordText = Field(repr=False)
    name: Name
    role: RoleWord


class UserForm(Body):
    """The whole account; without `promotionsOptIn` that stays as it is."""

    email: EmailText
    name: Name
    role: RoleWord
    promotions_opt_in: Truth | None = None


@RESOURCE.route("GET", "", Operation(summary="Accounts, newest first", answer=UserPage, roles=ADMIN))
async def list_users(call: Call, query: Annotated[UserFilters, Query()]) -> Answer:
    return await account_page(call, query, role=query.role)


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="Open an account for somebody, an admin's included",
        answer=UserView,
        status=201,
        roles=ADMIN,
        refusals=(EmailTaken,),
        examples={"request": EXAMPLE | {"password": "correct horse"}},
    ),
)
async def create_user(call: Call, body: NewUser) -> Answer:
    claim, account = claim_of(call, body.email), AccountId(call.new_id("account"))
    command = await registration(
        call, account, claim, email=body.email, name=body.name, password=body.password, role=body.role
    )
    kept = await call.done(command, AccountKept)
    view = await user_view(call, kept.account_id, version=kept.version)
    return created(view, location=f"/api/v1/users/{kept.account_id}", version=kept.version)


@RESOURCE.route("GET", "/{account_id}", Operation(summary="One account", answer=UserView, roles=ADMIN))
async def get_user(call: Call, account_id: AccountId) -> Answer:
    view = await user_view(call, account_id)
    return versioned(view, view.version)


@RESOURCE.route(
    "PUT",
    "/{account_id}",
    Operation(
        summary="Change an account, its role included, which counts at once",
        answer=UserView,
        roles=ADMIN,
        refusals=(EmailTaken, AccountInClosing),
        examples={"request": EXAMPLE},
    ),
)
async def edit_user(call: Call, account_id: AccountId, body: UserForm) -> Answer:
    return await edited(
        call,
        account_id,
        name=body.name,
        email=body.email,
        role=body.role,
        promotions_opt_in=body.promotions_opt_in,
    )


@RESOURCE.route(
    "DELETE",
    "/{account_id}",
    Operation(
        summary="Delete an account, and forget the person",
        status=204,
        roles=ADMIN,
        refusals=(UndeliveredOrders, ProductsForSale),
        alternatives=LATER,
    ),
)
async def delete_user(call: Call, account_id: AccountId) -> Answer:
    return await delete_account(call, account_id)
