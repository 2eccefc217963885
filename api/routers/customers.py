"""Customers: the accounts of buyers, for admins; each for the customer it belongs to."""

from typing import Annotated

from fastapi import Query

from api.account_edits import edited, sealed_for
from api.account_lists import AccountFilters, UserPage, account_page
from api.answers import Answer, versioned
from api.call import Call
from api.deleting import LATER, delete_account
from api.fields import Body, EmailText, Name, Truth
from api.phone_numbers import PhoneNumber
from api.problems import not_found
from api.profiles import UserView, user_view
from api.routing import Operation, Resource
from application.accounts.closing import UndeliveredOrders
from application.accounts.phones import GivePhone
from application.accounts.results import AccountKept
from domain.accounts.email_claim import EmailTaken
from domain.accounts.events import Role
from domain.accounts.standing import AccountInClosing
from domain.shared.identifiers import AccountId, ChallengeId

RESOURCE = Resource("/api/v1/customers", "accounts")


class CustomerForm(Body):
    """What a customer may say of itself; without `promotionsOptIn` that stays as it is."""

    name: Name
    promotions_opt_in: Truth | None = None


class PhoneForm(Body):
    phone: PhoneNumber


class EmailForm(Body):
    email: EmailText


@RESOURCE.route("GET", "", Operation(summary="Customers, newest first", answer=UserPage, roles=(Role.ADMIN,)))
async def list_customers(call: Call, query: Annotated[AccountFilters, Query()]) -> Answer:
    return await account_page(call, query, role=Role.BUYER)


@RESOURCE.route("GET", "/{account_id}", Operation(summary="One customer", answer=UserView))
async def get_customer(call: Call, account_id: AccountId) -> Answer:
    view = await _customer(call, account_id)
    return versioned(view, view.version)


@RESOURCE.route(
    "PUT",
    "/{account_id}",
    Operation(
        summary="Change a customer",
        answer=UserView,
        refusals=(AccountInClosing,),
        examples={"request": {"name": "Ada Lovelace", "promotionsOptIn": True}},
    ),
)
async def edit_customer(call: Call, account_id: AccountId, body: CustomerForm) -> Answer:
    await _customer(call, account_id)
    return await edited(call, account_id, name=body.name, promotions_opt_in=body.promotions_opt_in)


@RESOURCE.route(
    "PATCH",
    "/{account_id}/email",
    Operation(
        summary="Give a customer another email address, which is unverified until it is proven",
        answer=UserView,
        refusals=(EmailTaken, AccountInClosing),
        examples={"request": {"email": "ada.lovelace@example.com"}},
    ),
)
async def move_customer(call: Call, account_id: AccountId, body: EmailForm) -> Answer:
    await _customer(call, account_id)
    return await edited(call, account_id, email=body.email)


@RESOURCE.route(
    "PATCH",
    "/{account_id}/phone",
    Operation(
        summary="Give a customer another phone number, to which a one-time password is sent",
        answer=UserView,
        refusals=(AccountInClosing,),
        examples={"request": {"phone": "+91 98765 43210"}},
    ),
)
async def give_customer_phone(call: Call, account_id: AccountId, body: PhoneForm) -> Answer:
    await _customer(call, account_id)
    await call.guard(f"phone:{account_id}")
    command = GivePhone(
        account_id=account_id,
        phone=await sealed_for(call, account_id, body.phone),
        challenge_id=ChallengeId(call.new_id("otp")),
        expected_version=call.expected_version(),
    )
    kept = await call.done(command, AccountKept)
    view = await user_view(call, account_id, version=kept.version)
    return versioned(view, view.version)


@RESOURCE.route(
    "DELETE",
    "/{account_id}",
    Operation(
        summary="Delete a customer, and forget the person",
        status=204,
        refusals=(UndeliveredOrders,),
        alternatives=LATER,
    ),
)
async def delete_customer(call: Call, account_id: AccountId) -> Answer:
    await _customer(call, account_id)
    return await delete_account(call, account_id)


async def _customer(call: Call, account: AccountId) -> UserView:
    """The customer, for itself and for admins; raises 404 for everybody else, and where it is none."""
    if call.account.role is Role.ADMIN or call.account.account == account:
        view = await user_view(call, account)
        if view.role is Role.BUYER:
            return view
    raise not_found("There is no such customer.")
